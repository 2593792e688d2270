/// What a worker costs that has nothing to do.
struct Idle: Sendable {
    let plan: Plan

    func round(into report: inout Report) async throws {
        let span = try await Stand.with { stand in
            let run = WorkerRun(stand.store, concurrency: plan.concurrency, handler: Tally())
            return try await run.during {
                // What a start asks for is over by then.
                try await Task.sleep(for: .seconds(1))
                let before = try await Snapshot.before(stand)
                try await Task.sleep(for: plan.idle)
                return Span(from: before, to: try await Snapshot.after(stand), operations: 1)
            }
        }
        let seconds = span.from.time.duration(to: span.to.time).seconds
        report.add(span.each { $0.commands } / seconds, .idleCommands)
        report.add(span.each { $0.info.calls } / seconds, .idleCalls)
        report.add(span.each { $0.cpu } / seconds / 1000, .idleCPU)
    }
}
