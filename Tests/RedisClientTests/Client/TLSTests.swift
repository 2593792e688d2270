import Testing

@testable import RedisClient

@Suite("TLS", .timeLimit(.minutes(2)))
struct TLSTests {
    /// A server that speaks TLS only, with a certificate of an authority of its own.
    struct SecureServer {
        let server: RedisServer
        let port: Int
        var directory: String { server.directory }

        init(names: String = "DNS:localhost", clientCertificates: Bool = false) throws {
            let directory = try RedisServer.makeDirectory()
            for name in ["ca", "foreign"] {
                try run(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=\(name)",
                    "-keyout",
                    "\(directory)/\(name).key",
                    "-out",
                    "\(directory)/\(name).pem"
                )
            }
            try run(
                "openssl",
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=localhost",
                "-keyout",
                "\(directory)/server.key",
                "-out",
                "\(directory)/server.csr"
            )
            try run(
                "sh",
                "-c",
                "printf 'subjectAltName=\(names)' > \(directory)/ext && openssl x509 -req -days 2 -in \(directory)/server.csr "
                    + "-CA \(directory)/ca.pem -CAkey \(directory)/ca.key -CAcreateserial -extfile \(directory)/ext -out \(directory)/server.pem"
            )
            // Below the range the kernel hands out, so that no other test's socket has it.
            port = Int.random(in: 20_000..<30_000)
            server = try RedisServer(
                [
                    "--tls-port", "\(port)", "--bind", "127.0.0.1", "--tls-cert-file", "\(directory)/server.pem",
                    "--tls-key-file", "\(directory)/server.key", "--tls-ca-cert-file", "\(directory)/ca.pem",
                    "--tls-auth-clients", clientCertificates ? "yes" : "no", "--requirepass", "hunter2",
                ],
                directory: directory
            )
        }

        func configuration(host: String = "localhost", authority: String? = "ca") -> RedisConfiguration {
            var configuration = RedisConfiguration(endpoint: .tcp(host: host, port: port), password: "hunter2")
            configuration.tls = .init(authorityFile: authority.map { "\(directory)/\($0).pem" })
            configuration.reconnect.min = .milliseconds(10)
            return configuration
        }
    }

    @Test(
        "our own authority is trusted, for a name and for an address",
        arguments: [("localhost", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.1")]
    )
    func trusted(host: String, names: String) async throws {
        let secure = try SecureServer(names: names)
        try await withClient(secure.configuration(host: host)) { client in
            let value = [UInt8](repeating: 1, count: 1_000_000)
            _ = try await client.send(RedisCommand("SET", "k", value))
            #expect(try await client.send(RedisCommand("GET", "k")).bytes == value)
        }
    }

    @Test(
        "a server of another authority, or of another name, gets nothing from us",
        arguments: [("foreign", nil), (nil, nil), ("ca", "other.example")] as [(String?, String?)]
    )
    func refused(authority: String?, name: String?) async throws {
        let secure = try SecureServer()
        var configuration = secure.configuration(authority: authority)
        configuration.tls?.serverName = name
        configuration.commandTimeout = .seconds(3_600)
        // The first attempts may come before the server listens; those say that it cannot be reached.
        try await withClient(configuration) { client in
            let error = await redisError { () throws(RedisError) in try await client.waitUntilConnected() }
            #expect(error?.code == .tlsFailed)
            #expect(error?.errorClass == .configuration)
            #expect(error?.description.contains("hunter2") == false)
        }
    }

    @Test("a port that does not speak TLS is never spoken to in the clear")
    func plainServer() async throws {
        let heard = Counter()
        let fake = try await FakeRedis { words, _ in
            if words.contains("AUTH") || words.contains("hunter2") { heard.add() }
            return nil
        }
        var configuration = fake.configuration
        configuration.password = "hunter2"
        configuration.tls = .init(serverName: "localhost")
        configuration.connectTimeout = .milliseconds(500)
        try await withClient(configuration) { client in
            try await client.waitUntil { $0.lastError != nil }
            #expect(!client.state.isConnected)
        }
        #expect(heard.count == 0)
        try await fake.close()
    }

    @Test("a certificate of ours, for a server that asks for one")
    func ownCertificate() async throws {
        let secure = try SecureServer(clientCertificates: true)
        var configuration = secure.configuration()
        configuration.tls?.certificateFile = "\(secure.directory)/server.pem"
        configuration.tls?.keyFile = "\(secure.directory)/server.key"
        try await withClient(configuration) { client in
            let answer = try await client.send(RedisCommand("PING")).string
            #expect(answer == "PONG")
        }
    }

    @Test("files that do not exist are a mistake of the configuration, told at once")
    func missingFiles() async throws {
        var configuration = RedisConfiguration(endpoint: .tcp(host: "localhost", port: 1))
        configuration.tls = .init(authorityFile: "/there/is/no/ca.pem")
        configuration.commandTimeout = .seconds(3_600)
        try await withClient(configuration) { client in
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("PING")) }
            #expect(error?.code == .tlsFailed)
            #expect(error?.errorClass == .configuration)
        }
    }
}
