import Stepstream
import Synchronization

/// Counts attempts as the handler that does nothing.
final class Tally: StepHandler {
    private let attempts = Atomic(0)

    var count: Int { attempts.load(ordering: .relaxed) }

    func run(_ context: StepContext) async throws -> Outcome {
        attempts.add(1, ordering: .relaxed)
        return .succeeded(.emptyObject)
    }
}
