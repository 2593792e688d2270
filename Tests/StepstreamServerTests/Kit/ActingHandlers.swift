import Stepstream
import StepstreamTesting

/// Handlers that do what the input's member `act` says, and tell that they did.
struct ActingHandlers: Sendable {
    /// `began` with the operation's ID when an attempt begins, `ended` when it ends; a test emits `go` to end what hangs.
    let signals = NamedSignals()

    var registry: HandlerRegistry {
        var registry = HandlerRegistry()
        for name in ["reserve", "check", "do"] as [Name] { registry.register(name, handler: Acting(signals: signals)) }
        return registry
    }

    /// How often an attempt for `operation` began.
    func attempts(of operation: String) -> Int {
        signals.values(of: "began").count { $0 == operation }
    }
}

private struct Acting: StepHandler {
    let signals: NamedSignals

    func run(_ context: StepContext) async throws -> Outcome {
        signals.emit("began", value: context.operation.text)
        defer { signals.emit("ended", value: context.operation.text) }
        switch try JSONNode.parse(context.input.text).member("act")?.string {
        case "refuse":
            return .failed(Problem(type: "/problems/handler-refused", title: "Sold out", status: 409, detail: "None left."), retry: .never)
        case "break": return .failed(Problem(type: "/problems/handler-error", title: "Broken", status: 500), retry: .never)
        case "vanish": return .unknown(Problem(type: "/problems/handler-cut", title: "Cut"))
        case "hang":
            try await signals.wait(for: "go")
            return .succeeded(JSONText(trusted: #"{"late":true}"#))
        case "deaf":
            // Does not hear its cancellation either.
            _ = await Task { [signals] in try? await signals.wait(for: "go") }.value
            return .succeeded(.null)
        default: return .succeeded(JSONText(trusted: #"{"number":7}"#))
        }
    }
}

extension Definition {
    /// A sync step, then an async one; the input is held to a schema.
    static let order = Definition(
        type: "order",
        inputSchema: JSONText(
            trusted: #"{"type":"object","required":["amount"],"properties":{"amount":{"type":"integer","minimum":1}}}"#
        ),
        steps: [
            Step(name: "reserve", mode: .sync, handler: .swift("reserve"), retry: RetryPolicy(attempts: 1)),
            Step(name: "charge", queue: "payments", handler: .swift("charge"), retry: RetryPolicy(attempts: 1)),
        ]
    )

    /// An async step only.
    static let mail = Definition(type: "mail", steps: [Step(name: "send", handler: .swift("send"), retry: RetryPolicy(attempts: 1))])

    /// An async step that is held when nobody knows what it did.
    static let payment = Definition(
        type: "payment",
        steps: [Step(name: "pay", handler: .swift("pay"), retry: RetryPolicy(attempts: 1), onUnknown: .hold)]
    )

    /// Two sync steps and nothing else.
    static let quick = Definition(
        type: "quick",
        steps: [
            Step(name: "check", mode: .sync, handler: .swift("check"), timeout: 60_000, retry: RetryPolicy(attempts: 1)),
            Step(name: "do", mode: .sync, handler: .swift("do"), timeout: 60_000, retry: RetryPolicy(attempts: 1)),
        ]
    )

    /// A sync step whose attempts may take no time worth mentioning.
    static let hasty = Definition(
        type: "hasty",
        steps: [Step(name: "do", mode: .sync, handler: .swift("do"), timeout: 20, retry: RetryPolicy(attempts: 1))]
    )
}
