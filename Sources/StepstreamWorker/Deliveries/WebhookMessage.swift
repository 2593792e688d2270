import Stepstream

/// One signed message: Standard Webhooks 1.0 with a structured CloudEvent as its body.
struct WebhookMessage: Sendable {
    /// The largest body, in bytes; above it the event's data stays behind, and is to be read at the operation's URL.
    static let bodyLimit = 20_000

    let headers: [(String, String)]
    let body: String

    /// The message of `claim`, signed with each of `secrets` at `time` (Unix seconds).
    init(_ claim: ClaimedDelivery, source: String, secrets: [WebhookSecret], time: Int64) {
        var event = claim.event
        var body = CloudEvent(event: event, operation: claim.operation, traceparent: claim.traceparent, base: source).json.text
        if body.utf8.count > Self.bodyLimit {
            event.data = .object(["omitted": .bool(true), "operation": .string("\(source)/v1/operations/\(claim.operation)")])
            body = CloudEvent(event: event, operation: claim.operation, traceparent: claim.traceparent, base: source).json.text
        }
        let id = claim.webhookID
        let signatures = secrets.map { $0.signature(id: id, timestamp: time, body: body.utf8) }
        self.body = body
        let trace = (claim.span ?? claim.traceparent).map { [("traceparent", $0)] } ?? []
        headers =
            [("webhook-id", id), ("webhook-timestamp", String(time)), ("webhook-signature", signatures.joined(separator: " "))] + trace
    }
}
