import Stepstream
import Synchronization

/// A handler that notes when it was started.
final class StopWatch: StepHandler {
    /// Milliseconds from the submission's call on.
    struct Delays: Sendable {
        var starts: [Double] = []
        var ends: [Double] = []
    }

    private struct Times {
        var submitted: ContinuousClock.Instant?
        var started: ContinuousClock.Instant?
        var succeeded: ContinuousClock.Instant?
    }

    let tally = Tally()
    private let times = Mutex([OperationID: Times]())

    func submitted(_ id: OperationID) {
        times.withLock { $0[id, default: Times()].submitted = .now }
    }

    func succeeded(_ id: OperationID) {
        times.withLock { $0[id, default: Times()].succeeded = .now }
    }

    func run(_ context: StepContext) async throws -> Outcome {
        times.withLock { $0[context.operation, default: Times()].started = .now }
        return try await tally.run(context)
    }

    /// Milliseconds from submission to start, of all that were started since the last time this was asked.
    func takeDelays() -> [Double] {
        times.withLock { times in
            let done = times.filter { $0.value.started != nil }
            for id in done.keys { times[id] = nil }
            return done.values.compactMap { time in
                guard let submitted = time.submitted, let started = time.started else { return nil }
                return submitted.duration(to: started).seconds * 1000
            }
        }
    }

    func delays(of ids: [OperationID]) -> Delays {
        times.withLock { times in
            var delays = Delays()
            for time in ids.compactMap({ times[$0] }) {
                guard let submitted = time.submitted else { continue }
                if let started = time.started { delays.starts.append(submitted.duration(to: started).seconds * 1000) }
                if let succeeded = time.succeeded { delays.ends.append(submitted.duration(to: succeeded).seconds * 1000) }
            }
            return delays
        }
    }
}
