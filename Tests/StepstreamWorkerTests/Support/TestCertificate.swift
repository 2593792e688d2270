import NIOSSL
import Testing

@testable import StepstreamWorker

/// A certificate for one name, signed by itself, made anew for each test.
struct TestCertificate {
    private let text: [UInt8]

    init(name: String) async throws {
        let words = """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
              -addext subjectAltName=DNS:\(name) -keyout /dev/stdout -out /dev/stdout
            """
        let limits = Program.Limits(output: 64 << 10, errorTail: 1000, termination: .seconds(5))
        let program = Program(command: ["sh", "-c", words], environment: ["PATH": "/usr/bin:/bin"], input: [], limits: limits)
        guard case .exited(0, let output, _) = await program.run() else { throw Missing() }
        text = output
    }

    struct Missing: Error {}

    /// Who trusts it.
    var trustRoots: NIOSSLTrustRoots {
        get throws { .certificates(try NIOSSLCertificate.fromPEMBytes(text)) }
    }

    /// What a server shows it with.
    var server: NIOSSLContext {
        get throws {
            let key = try NIOSSLPrivateKey(bytes: text, format: .pem)
            let chain = try NIOSSLCertificate.fromPEMBytes(text).map { NIOSSLCertificateSource.certificate($0) }
            return try NIOSSLContext(configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
        }
    }
}
