public import StepstreamJSON

/// What runs a step or its undo.
///
/// An attempt may be repeated (at least once), so a handler must be idempotent under `StepContext.idempotencyKey`. It honours task
/// cancellation: a canceled handler's answer is not waited for longer than the grace time.
public protocol StepHandler: Sendable {
    /// Makes one attempt. Handlers answer every expected failure as an `Outcome`; what they throw counts as failed, to be retried by policy.
    func run(_ context: StepContext) async throws -> Outcome
}

/// All that a handler knows about the attempt it makes.
public struct StepContext: Sendable {
    /// The operation.
    public var operation: OperationID
    /// Its type.
    public var type: Name
    /// The step, and whether it is run or undone.
    public var work: Work
    /// What to call, as the definition says.
    public var handler: HandlerReference
    /// 1, 2, …
    public var attempt: Int
    /// The fence: hand it downstream, and refuse a lower one there.
    public var epoch: Epoch
    /// How long the attempt may take.
    public var timeout: Milliseconds
    /// The operation's input.
    public var input: JSONText
    /// The results of the steps that succeeded before, by step, in order.
    public var results: [(step: Name, result: JSONText)]
    /// W3C trace context of the submission.
    public var traceparent: String?
    /// Whether it is not to do the step but to say what became of it: a `ProbeAnswer` as its result.
    public var isProbe: Bool

    /// A context.
    public init(
        operation: OperationID,
        type: Name,
        work: Work,
        handler: HandlerReference,
        attempt: Int,
        epoch: Epoch,
        timeout: Milliseconds,
        input: JSONText,
        results: [(step: Name, result: JSONText)] = [],
        traceparent: String? = nil,
        isProbe: Bool = false
    ) {
        self.operation = operation
        self.type = type
        self.work = work
        self.handler = handler
        self.attempt = attempt
        self.epoch = epoch
        self.timeout = timeout
        self.input = input
        self.results = results
        self.traceparent = traceparent
        self.isProbe = isProbe
    }

    /// What the handler is asked to do: `run`, `undo` or `probe`.
    public var action: String {
        if isProbe { return "probe" }
        switch work.direction {
        case .forward: return "run"
        case .undo: return "undo"
        }
    }

    /// The same for every attempt: `<operation>/<step>`, and `<operation>/<step>/undo` for the undo.
    public var idempotencyKey: String {
        switch work.direction {
        case .forward: "\(operation)/\(work.step)"
        case .undo: "\(operation)/\(work.step)/undo"
        }
    }

    /// The JSON that handlers outside this process are given: docs/handlers.md.
    public var request: JSONText {
        .object([
            "operation": .string(operation.text), "type": .string(type.text), "step": .string(work.step.text),
            "action": .string(action), "attempt": .integer(Int64(attempt)), "input": .raw(input),
            "results": .raw(.object(results.map { ($0.step.text, .raw($0.result)) })),
        ])
    }
}
