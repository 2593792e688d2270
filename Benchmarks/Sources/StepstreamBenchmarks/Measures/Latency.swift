import Stepstream
import Synchronization

/// The time from a submission to the start of its handler, with little else to do.
struct Latency: Sendable {
    let plan: Plan
    let workload: Workload

    func round(into report: inout Report) async throws {
        let delays = try await Stand.with(measure)
        report.add(delays.percentile(50), .latencyMedian)
        report.add(delays.percentile(99), .latencyTail)
    }

    /// At a fixed rate whatever the answers do, so that a slow one does not hide the wait of those behind it.
    private func measure(_ stand: Stand) async throws -> [Double] {
        let ids = Workload.ids(plan.samples)
        let watch = StopWatch()
        let run = WorkerRun(stand.store, concurrency: plan.concurrency, handler: watch)
        return try await run.during {
            // The first submission also stores the definition, the first claim creates the group.
            try await submit(Workload.ids(1)[0], to: stand.store, watch)
            try await watch.waitForStarts(1)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, id) in ids.enumerated() {
                    try await Task.sleep(until: start + .seconds(1) / plan.rate * number, tolerance: nil, clock: .continuous)
                    group.addTask { try await submit(id, to: stand.store, watch) }
                }
                try await group.waitForAll()
            }
            try await watch.waitForStarts(ids.count + 1)
            return watch.delays(of: ids).map { $0.seconds * 1000 }
        }
    }

    private func submit(_ id: OperationID, to store: any OperationStore, _ watch: StopWatch) async throws {
        watch.submitted(id)
        _ = try await store.submit(workload.submission(id))
    }
}

/// A handler that notes when it was started.
private final class StopWatch: StepHandler {
    private let times = Mutex((submitted: [OperationID: ContinuousClock.Instant](), started: [OperationID: ContinuousClock.Instant]()))

    func submitted(_ id: OperationID) {
        times.withLock { $0.submitted[id] = .now }
    }

    func run(_ context: StepContext) async throws -> Outcome {
        times.withLock { $0.started[context.operation] = .now }
        return .succeeded(.emptyObject)
    }

    func waitForStarts(_ count: Int) async throws {
        while times.withLock({ $0.started.count }) < count { try await Task.sleep(for: .milliseconds(5)) }
    }

    func delays(of ids: [OperationID]) -> [Duration] {
        times.withLock { times in
            ids.compactMap { id in
                guard let submitted = times.submitted[id], let started = times.started[id] else { return nil }
                return submitted.duration(to: started)
            }
        }
    }
}

extension [Double] {
    /// The nearest-rank percentile; NaN of nothing.
    func percentile(_ percent: Double) -> Double {
        guard !isEmpty else { return .nan }
        let rank = Int((percent / 100 * Double(count)).rounded(.up))
        return sorted()[Swift.min(Swift.max(rank, 1), count) - 1]
    }
}
