import ChildProcesses
import Foundation
import Stepstream
import Testing

/// The verifier of the specification's authors (PyPI `standardwebhooks`), which `scripts/install test` puts into .build/clients.
enum StandardWebhooks {
    private static let script = """
        import json, sys
        from standardwebhooks.webhooks import Webhook
        call = json.load(sys.stdin)
        event = Webhook(call["secret"]).verify(call["body"], call["headers"])
        print(event["type"])
        """

    /// The type of the event in `call`, if its signature is of `secret`.
    static func verify(_ call: HandlerService.Call, secret: String, in installation: Installation) async throws -> String? {
        let python = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../.build/clients/bin/python3")
            .standardized
            .path
        let headers = call.headers.filter { $0.key.hasPrefix("webhook-") }.map { ($0.key, JSONText.Fragment.string($0.value)) }
        let input = JSONText.object([
            "secret": .string(secret), "body": .string(call.body), "headers": .raw(.object(headers)),
        ])
        let program = try RunningProgram(python, ["-c", script], environment: [:], folder: installation.folder, input: input.text)
        let (end, output, errors) = try await program.finished()
        if end == .exited(0) { return output.trimmingCharacters(in: .whitespacesAndNewlines) }
        try #require(errors.contains("WebhookVerificationError"), "Run scripts/install test. \(errors)")
        return nil
    }
}
