import ArgumentParser
import Foundation
import Stepstream
import StepstreamConfiguration

/// `stepstream webhook-listen`
struct WebhookListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook-listen",
        abstract: "Receives webhooks, verifies them and prints one per line; for development.",
        discussion: """
            A webhook that cannot be verified is answered with 401 and the reason. Without a secret, one is created and printed: give it \
            to the servers and workers as STEPSTREAM_WEBHOOKS_SECRET.
            """
    )

    @Option(help: "The port on 127.0.0.1 to listen on; 0 for any free one")
    var port = 0

    @Option(help: "The secret that webhooks are signed with, whsec_… (default: STEPSTREAM_WEBHOOKS_SECRET).")
    var secret: String?

    func run() async throws {
        var texts = (secret ?? ProcessInfo.processInfo.environment["STEPSTREAM_WEBHOOKS_SECRET"]).map(\.entries) ?? []
        if texts.isEmpty {
            let bytes = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
            texts = ["whsec_" + bytes.base64EncodedString()]
            write("Secret: \(texts[0])")
        }
        let secrets = texts.compactMap(WebhookSecret.init)
        guard secrets.count == texts.count else { throw ValidationError("The secret is not valid; must be \(WebhookSecret.rule).") }
        let listener = WebhookListener(check: WebhookCheck(secrets: secrets), report: write)
        try await listener.run(port: port)
    }

    /// Writes at once, also into a pipe.
    private func write(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
