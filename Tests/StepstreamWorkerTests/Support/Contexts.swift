import Stepstream
import Testing

extension StepContext {
    /// The context of a first attempt.
    static func test(
        _ handler: HandlerReference,
        direction: Work.Direction = .forward,
        timeout: Milliseconds = 30_000,
        input: JSONText = JSONText(trusted: #"{"order":7}"#),
        traceparent: String? = nil
    ) throws -> StepContext {
        StepContext(
            operation: try #require(OperationID("op-1")),
            type: "place-order",
            work: Work(direction, "charge"),
            handler: handler,
            attempt: 2,
            epoch: Epoch(1234),
            timeout: timeout,
            input: input,
            results: [(step: "reserve", result: JSONText(trusted: "[1]"))],
            traceparent: traceparent
        )
    }
}

extension Outcome {
    /// The problem, if it is not a success.
    var problem: Problem? {
        switch self {
        case .failed(let problem, _), .unknown(let problem): problem
        case .succeeded, .released: nil
        }
    }

    /// How it ended, without the words.
    var kind: Kind {
        switch self {
        case .succeeded: .succeeded
        case .failed(_, .never): .failedForGood
        case .failed(_, .byPolicy(let after)): .failedByPolicy(after: after)
        case .unknown: .unknown
        case .released: .released
        }
    }

    enum Kind: Equatable {
        case succeeded, failedForGood, unknown, released
        case failedByPolicy(after: Milliseconds?)
    }
}
