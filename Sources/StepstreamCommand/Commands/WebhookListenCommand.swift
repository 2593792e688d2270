import ArgumentParser
import Foundation
import Stepstream
import StepstreamConfiguration

/// `stepstream webhook-listen`
struct WebhookListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook-listen",
        abstract: "Receives webhooks, verifies and prints them, one a line; for trying and developing.",
        discussion: """
            What cannot be verified is refused with 401 and the reason. Without --secret one is made and printed: give it to the service as \
            STEPSTREAM_WEBHOOKS_SECRET.
            """
    )

    @Option(help: "The port on 127.0.0.1 to listen on; 0 for any free one.")
    var port = 0

    @Option(help: "The secret that is signed with: whsec_… (default: STEPSTREAM_WEBHOOKS_SECRET).")
    var secret: String?

    func run() async throws {
        var texts = (secret ?? ProcessInfo.processInfo.environment["STEPSTREAM_WEBHOOKS_SECRET"]).map(\.entries) ?? []
        if texts.isEmpty {
            let bytes = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
            texts = ["whsec_" + bytes.base64EncodedString()]
            write("Secret: \(texts[0])")
        }
        let secrets = texts.compactMap(WebhookSecret.init)
        guard secrets.count == texts.count else { throw ValidationError("A secret is \(WebhookSecret.rule).") }
        let listener = WebhookListener(check: WebhookCheck(secrets: secrets), tell: write)
        try await listener.run(port: port)
    }

    /// At once, also into a pipe.
    private func write(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
