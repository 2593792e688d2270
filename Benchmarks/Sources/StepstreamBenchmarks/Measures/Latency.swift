import Stepstream

/// The time from a submission to the start of its handler, and until a watcher is told that it succeeded: with little else to do, and at
/// half of what this machine can do.
struct Latency: Sendable {
    let plan: Plan
    let workload: Workload

    /// Exact, of all samples; a histogram (HdrHistogram's) would round them into buckets.
    private static let percentiles = [50, 99, 99.9]

    /// What the delays are taken from.
    private struct Load: Sendable {
        var rate: Double
        var count: Int
        /// Each so manieth is watched, as a consumer would; all would be a load of its own.
        var watched: Int
    }

    func round(into report: inout Report) async throws {
        let calm = Load(rate: Double(plan.rate), count: plan.samples, watched: 1)
        note(try await Stand.with { try await measure(calm, $0) }, in: .latency, &report)
        let half = (report.last(.bothRate) ?? 4000) / 2
        report.add(half, .halfLoadRate)
        let busy = Load(rate: half, count: Int(half * plan.halfLoad.seconds), watched: 20)
        note(try await Stand.with { try await measure(busy, $0) }, in: .halfLoad, &report)
    }

    private func note(_ delays: StopWatch.Delays, in section: Figure.Section, _ report: inout Report) {
        for percent in Self.percentiles {
            report.add(delays.starts.percentile(percent), .delay("to the start of the handler", percent, section))
        }
        for percent in Self.percentiles {
            report.add(delays.ends.percentile(percent), .delay("to the news of its success", percent, section))
        }
    }

    /// At a fixed rate whatever the answers do, so that a slow one does not hide the wait of those behind it.
    private func measure(_ load: Load, _ stand: Stand) async throws -> StopWatch.Delays {
        let ids = Workload.ids(load.count)
        let watch = StopWatch()
        let run = WorkerRun(stand.store, concurrency: plan.concurrency, handler: watch)
        return try await run.during {
            // The first submission also stores the definition, the first claim creates the group.
            try await submit(Workload.ids(1)[0], to: stand.store, watch, isWatched: true)
            let start = ContinuousClock.now
            try await withThrowingDiscardingTaskGroup { group in
                for (number, id) in ids.enumerated() {
                    let due = start + .seconds(Double(number) / load.rate)
                    if due > .now { try await Task.sleep(until: due, tolerance: nil, clock: .continuous) }
                    group.addTask { try await submit(id, to: stand.store, watch, isWatched: number.isMultiple(of: load.watched)) }
                }
            }
            try await run.waitUntilDone(ids.count + 1, watch.tally)
            return watch.delays(of: ids)
        }
    }

    private func submit(_ id: OperationID, to store: any OperationStore, _ watch: StopWatch, isWatched: Bool) async throws {
        guard isWatched else {
            watch.submitted(id)
            _ = try await store.submit(workload.submission(id))
            return
        }
        var changes = store.changes(of: id).makeAsyncIterator()
        _ = await changes.next()  // the watch stands
        watch.submitted(id)
        _ = try await store.submit(workload.submission(id))
        while let change = await changes.next() {
            guard case .events(let events) = change, events.contains(where: { $0.kind == .succeeded }) else { continue }
            return watch.succeeded(id)
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
