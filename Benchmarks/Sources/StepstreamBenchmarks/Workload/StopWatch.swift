import Stepstream
import Synchronization

/// A handler that does nothing, and notes how long it was from an operation's submission to its start and to the news of its success.
///
/// What it holds does not grow with how long it runs: delays are counted in histograms, and an operation is forgotten once both are known.
final class StopWatch: StepHandler {
    /// Percentiles in milliseconds, in the order in which they were asked for.
    struct Delays: Sendable {
        var starts: [Double]
        var ends: [Double]
    }

    private struct State {
        /// When those were submitted that have not come to what they are watched for.
        var submitted: [OperationID: ContinuousClock.Instant] = [:]
        /// Operations of which the success is waited for, besides the start.
        var watched: Set<OperationID> = []
        var starts = DelayHistogram()
        var ends = DelayHistogram()
    }

    let tally = Tally()
    private let state = Mutex(State())

    /// `isWatched` if ``succeeded(_:)`` will be said of it.
    func submitted(_ id: OperationID, isWatched: Bool) {
        state.withLock {
            $0.submitted[id] = .now
            if isWatched { $0.watched.insert(id) }
        }
    }

    func run(_ context: StepContext) async throws -> Outcome {
        let id = context.operation
        state.withLock { state in
            let submitted = state.watched.contains(id) ? state.submitted[id] : state.submitted.removeValue(forKey: id)
            if let submitted { state.starts.record(since: submitted) }
        }
        return try await tally.run(context)
    }

    func succeeded(_ id: OperationID) {
        state.withLock { state in
            state.watched.remove(id)
            guard let submitted = state.submitted.removeValue(forKey: id) else { return }
            state.ends.record(since: submitted)
        }
    }

    /// Of all starts and ends since the last time this was asked; NaN of none.
    func takeDelays(_ percents: [Double]) -> Delays {
        state.withLock { Delays(starts: $0.starts.take(percents), ends: $0.ends.take(percents)) }
    }
}
