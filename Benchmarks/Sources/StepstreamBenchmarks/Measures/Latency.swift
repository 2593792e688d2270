import RedisClient
import Stepstream
import StepstreamStore

/// The time from a submission to the start of its handler, and until a watcher knows that it succeeded: with little else to do, and at
/// half of what this machine can do.
struct Latency: Sendable {
    let plan: Plan
    let workload: Workload

    private static let percentiles = [50, 99, 99.9]

    /// What the delays are taken from.
    private struct Load: Sendable {
        var rate: Double
        var count: Int
        /// One in so many is watched, as a consumer would; all would be a load of its own.
        var watched: Int
    }

    func round(into report: inout Report) async throws {
        let calm = Load(rate: Double(plan.rate), count: plan.samples, watched: 1)
        let (pings, (delays, _)) = try await Stand.with { stand in (try await ping(calm, stand), try await measure(calm, stand)) }
        for (percent, delay) in zip(Self.percentiles, pings) {
            report.add(delay, .delay("to the answer of a PING instead", percent, .latency))
        }
        note(delays, in: .latency, &report)
        let half = (report.last(.bothRate) ?? 4000) / 2
        let busy = Load(rate: half, count: Int(half * plan.halfLoad.seconds), watched: 20)
        let (loaded, rate) = try await Stand.with { try await measure(busy, $0) }
        report.add(rate, .halfLoadRate)
        note(loaded, in: .halfLoad, &report)
    }

    private func note(_ delays: StopWatch.Delays, in section: Figure.Section, _ report: inout Report) {
        for (percent, delay) in zip(Self.percentiles, delays.starts) {
            report.add(delay, .delay("to the start of the handler", percent, section))
        }
        for (percent, delay) in zip(Self.percentiles, delays.ends) {
            report.add(delay, .delay("to the news of its success", percent, section))
        }
    }

    /// What a round trip with nothing in it takes at that pace, on the thread of its connection; an operation does not start after fewer than two.
    private func ping(_ load: Load, _ stand: Stand) async throws -> [Double] {
        try await withTaskExecutorPreference(stand.client.executor) {
            var delays = DelayHistogram()
            let start = ContinuousClock.now
            for number in 1...load.count / 2 {
                try await Task.sleep(until: start + .seconds(Double(number) / load.rate), tolerance: nil, clock: .continuous)
                let sent = ContinuousClock.now
                if let error = try await stand.client.send(RedisCommand("PING")).error { throw error }
                delays.record(since: sent)
            }
            return delays.take(Array(Self.percentiles.prefix(2)))
        }
    }

    /// At a fixed rate whatever the answers do, so that a slow one does not put off those behind it. Returns the delays, and the rate that
    /// was kept.
    private func measure(_ load: Load, _ stand: Stand) async throws -> (StopWatch.Delays, Double) {
        let ids = Workload.ids(load.count)
        let watch = StopWatch()
        let run = WorkerRun(stand.store, concurrency: plan.concurrency, handler: watch)
        return try await run.during {
            // The first submission also stores the definition, the first claim creates the group.
            try await submit(Workload.ids(1)[0], to: stand.store, watch, isWatched: true)
            _ = watch.takeDelays([])
            let start = ContinuousClock.now
            let end = try await withThrowingDiscardingTaskGroup { group in
                for (number, id) in ids.enumerated() {
                    let due = start + .seconds(Double(number) / load.rate)
                    if due > .now { try await Task.sleep(until: due, tolerance: nil, clock: .continuous) }
                    group.addTask { try await submit(id, to: stand.store, watch, isWatched: number.isMultiple(of: load.watched)) }
                }
                return ContinuousClock.now
            }
            try await run.waitUntilDone(ids.count + 1, watch.tally)
            return (watch.takeDelays(Self.percentiles), Double(ids.count) / start.duration(to: end).seconds)
        }
    }

    private func submit(_ id: OperationID, to store: RedisStore, _ watch: StopWatch, isWatched: Bool) async throws {
        guard isWatched else {
            watch.submitted(id, isWatched: false)
            _ = try await store.submit(workload.submission(id))
            return
        }
        var changes = store.notices(of: id).makeAsyncIterator()
        _ = await changes.next()  // the watch stands
        watch.submitted(id, isWatched: true)
        _ = try await store.submit(workload.submission(id))
        while let change = await changes.next() {
            switch change {
            case .events(let events):
                if events.contains(where: { $0.kind == .succeeded }) { return watch.succeeded(id) }
            case .resynchronize:
                if try await store.read(id, withEvents: false)?.status == .succeeded { return watch.succeeded(id) }
            }
        }
    }
}
