import Stepstream
import Synchronization

/// Counts the attempts of another handler.
struct Tallied: StepHandler {
    let handler: any StepHandler
    let tally: Tally

    func run(_ context: StepContext) async throws -> Outcome {
        _ = try await tally.run(context)
        return try await handler.run(context)
    }
}

/// Counts attempts as the handler that does nothing.
final class Tally: StepHandler {
    private let attempts = Atomic(0)

    var count: Int { attempts.load(ordering: .relaxed) }

    func run(_ context: StepContext) async throws -> Outcome {
        attempts.add(1, ordering: .relaxed)
        return .succeeded(.emptyObject)
    }
}
