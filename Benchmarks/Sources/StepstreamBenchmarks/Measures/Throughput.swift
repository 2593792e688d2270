import Stepstream

/// Submits, drains, and does both at once.
struct Throughput: Sendable {
    let plan: Plan
    let workload: Workload

    func round(into report: inout Report) async throws {
        let (submitted, drained, started) = try await Stand.with(oneAfterTheOther)
        report.add(submitted.rate, .submitRate)
        report.add(cost: submitted, in: .submit)
        report.add(submitted.to.residentBytes / 1e6, .resident(.submit))
        report.add(submitted.each { $0.info.usedMemory }, .waitingBytes)
        report.add(drained.rate, .drainRate)
        report.add(Double(plan.operations) / started, .startRate)
        report.add(cost: drained, in: .drain)
        report.add(drained.to.residentBytes / 1e6, .resident(.drain))
        report.add(Span(from: submitted.from, to: drained.to, operations: plan.operations).each { $0.info.usedMemory }, .endedBytes)
        let both = try await Stand.with(atOnce)
        report.add(both.rate, .bothRate)
        report.add(cost: both, in: .both)
    }

    /// What submitting and draining cost, and the seconds from the start of the first handler to that of the last.
    func oneAfterTheOther(_ stand: Stand) async throws -> (submitted: Span, drained: Span, started: Double) {
        try await warmUp(stand)
        let ids = Workload.ids(plan.operations)
        let start = try await Snapshot.before(stand)
        try await workload.submit(ids, to: stand.store, inFlight: plan.inFlight)
        let submitted = try await Snapshot.after(stand)
        let before = try await Snapshot.before(stand)
        let (drained, started) = try await drain(ids.count, stand)
        try await workload.expectSuccess(of: ids, in: stand.store)
        return (
            Span(from: start, to: submitted, operations: ids.count),
            Span(from: before, to: drained, operations: ids.count),
            started
        )
    }

    private func atOnce(_ stand: Stand) async throws -> Span {
        try await warmUp(stand)
        let ids = Workload.ids(plan.operations)
        let tally = Tally()
        let run = WorkerRun(stand.store, concurrency: plan.concurrency, handler: tally)
        return try await run.during {
            let before = try await Snapshot.before(stand)
            try await workload.submit(ids, to: stand.store, inFlight: plan.inFlight)
            try await run.waitUntilDone(ids.count, tally)
            let after = try await Snapshot.after(stand)
            try await workload.expectSuccess(of: ids, in: stand.store)
            return Span(from: before, to: after, operations: ids.count)
        }
    }

    /// Connections, scripts and the definition are there before anything is measured.
    private func warmUp(_ stand: Stand) async throws {
        try await workload.submit(Workload.ids(256), to: stand.store, inFlight: plan.inFlight)
        _ = try await drain(256, stand)
    }

    /// Returns how it was when the last was committed, and the seconds from the start of the first to that of the last.
    private func drain(_ count: Int, _ stand: Stand) async throws -> (Snapshot, Double) {
        let tally = Tally()
        let run = WorkerRun(stand.store, concurrency: plan.concurrency, handler: tally)
        return try await run.during {
            try await run.waitUntilDone(count, tally)
            return (try await Snapshot.after(stand), tally.seconds)
        }
    }
}
