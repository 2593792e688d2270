import Foundation
import Stepstream

/// Verifies webhooks as Standard Webhooks 1.0 has it: signature, and a time not further away than five minutes.
struct WebhookCheck: Sendable {
    let secrets: [WebhookSecret]
    private static let tolerance: Int64 = 300

    /// Why a message is refused; nil when it is good.
    func refusal(id: String?, timestamp: String?, signature: String?, body: [UInt8], now: Date = .now) -> String? {
        guard let id, !id.isEmpty else { return "The header webhook-id is missing." }
        guard let timestamp, let time = Int64(timestamp) else { return "The header webhook-timestamp is missing or not a number." }
        guard let signature else { return "The header webhook-signature is missing." }
        let age = Int64(now.timeIntervalSince1970) - time
        if age > Self.tolerance { return "The message is \(age) s old; at most \(Self.tolerance) s are accepted." }
        if age < -Self.tolerance {
            return "The message is \(-age) s ahead of this machine's clock; at most \(Self.tolerance) s are accepted."
        }
        let isGood = secrets.contains { $0.accepts(signature, id: id, timestamp: time, body: body) }
        return isGood ? nil : "No signature matches: another secret was used, or the body was changed."
    }
}
