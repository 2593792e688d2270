import RedisClient
import Stepstream
import StepstreamStore

/// The most that this Redis can do with our scripts: recorded batches of 64, sent by redis-benchmark from four connections.
///
/// What is not as in life: the twelve digits at the end of each ID are drawn anew. Begin has a lease of 0, so that an operation that is drawn
/// again can be begun again: that counts as a crash, reads more, and shares nothing with the others of its batch. Commit keeps epoch and
/// version: its events are fields that are not published, and it acknowledges an entry that is gone. So that few are drawn again, a quarter
/// as many are begun and committed as there are.
struct Ceiling: Sendable {
    let plan: Plan
    let workload: Workload

    static let note = """

        The ceiling sends recorded batches of 64 with IDs that are drawn, so it is not quite the same work: one of eight has been begun or committed
        before; commit keeps epoch and version: its events are written but not published, and the entry it acknowledges is gone.
        """

    private static let prefix = Workload.prefix
    /// The same for those that redis-benchmark submits.
    private static let submittedPrefix = "01900000-0000-7000-9000-"
    private static let batch = 64
    /// How many operations IDs are drawn from.
    private var reachable: Int { 4 * plan.operations }
    private static let (epoch, version) = ("1", "3")

    private struct Recorded: Sendable {
        var submit: ScriptCall
        var begin: ScriptCall
        var commit: ScriptCall
    }

    func round(into report: inout Report) async throws {
        let results = try await Stand.with { stand in
            let recorded = try await record(stand)
            let submit = try await run("submit", recorded.submit, 2 * plan.operations, of: 2_000_000_000, stand)
            let ids = Workload.ids(reachable, from: 0)
            try await workload.submit(ids, to: stand.store, inFlight: plan.inFlight)
            let begin = try await run("begin", recorded.begin, plan.operations, of: ids.count, stand)
            try await prepareCommits(ids, recorded.commit, stand)
            return (submit, begin, try await run("commit", recorded.commit, plan.operations, of: ids.count, stand))
        }
        report.add(results.0.rate, .submitCeiling)
        report.add(results.1.rate, .beginCeiling)
        report.add(results.2.rate, .commitCeiling)
        let drain = 1 / (1 / results.1.rate + 1 / results.2.rate)
        report.add(drain, .drainCeiling)
        report.add(results.0.microseconds, .submitFloor)
        report.add(results.1.microseconds, .beginFloor)
        report.add(results.2.microseconds, .commitFloor)
        if let own = report.last(.submitRate) { report.add(100 * own / results.0.rate, .submitShare) }
        if let own = report.last(.bothRate) { report.add(100 * own * (1 / results.0.rate + 1 / drain), .bothShare) }
        if let own = report.last(.drainRate) { report.add(100 * own / drain, .drainShare) }
    }

    // MARK: Recording

    /// Takes some operations through our own store and keeps one full batch of each script.
    private func record(_ stand: Stand) async throws -> Recorded {
        // Above the range of those that are measured.
        let ids = Workload.ids(1024, from: reachable)
        let monitor = try await Monitor.start(on: stand)
        try await workload.submit(ids, to: stand.store, inFlight: 4 * Self.batch)
        let submit = try await full(monitor.calls(of: stand), as: Self.submittedPrefix)
        let begun = try await begin(ids.count, stand.store)
        let begin = try await full(monitor.calls(of: stand))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (lease, operation) in begun {
                group.addTask { _ = try await stand.store.commit(lease, of: operation, applying: workload.success(of: lease, operation)) }
            }
            try await group.waitForAll()
        }
        var commit = try await full(monitor.calls(of: stand))
        commit.rerunCommit(epoch: Self.epoch, version: Self.version)
        return Recorded(submit: submit, begin: begin, commit: commit)
    }

    private func begin(_ count: Int, _ store: RedisStore) async throws -> [(Lease, Operation)] {
        let source = store.messageSource(queues: [Step.defaultQueue], consumer: "bench:0")
        let options = BeginOptions(consumer: "bench:0", lease: 0, definitions: [workload.decisions.version: workload.definition])
        var begun: [(Lease, Operation)] = []
        while begun.count < count {
            for answer in try await store.begin(try await source.reader.next(limit: Self.batch), with: options) {
                guard case .begun(let lease, let operation) = answer else { throw Wrong("A message was not begun.") }
                begun.append((lease, operation))
            }
        }
        await source.control.close()
        return begun
    }

    private func full(_ calls: [ScriptCall], as prefix: String = Self.prefix) throws -> ScriptCall {
        guard var call = calls.first(where: { $0.operations(Self.prefix) == Self.batch }) else {
            throw Wrong("No batch of \(Self.batch) was recorded, only \(calls.map { $0.operations(Self.prefix) }).")
        }
        call.randomize(Self.prefix, as: prefix)
        return call
    }

    /// Makes every operation one that was begun, at the epoch and version that the commits expect.
    private func prepareCommits(_ ids: [OperationID], _ commit: ScriptCall, _ stand: Stand) async throws {
        guard let key = commit.keys.first(where: { $0.contains(Self.prefix) }), let end = key.firstRange(of: Self.prefix)?.lowerBound else {
            throw Wrong("The recorded commit names no operation.")
        }
        let (head, time) = (key[..<end], "1767323045678")
        for start in stride(from: 0, to: ids.count, by: 1000) {
            let commands = ids[start..<min(start + 1000, ids.count)].map { id in
                RedisCommand(
                    "HSET",
                    head + id.text,
                    "epoch",
                    Self.epoch,
                    "step:work:lease",
                    Self.epoch + " 0 bench:0",
                    "status",
                    "Running",
                    "phase",
                    "executing",
                    "step:work:status",
                    "Running",
                    "step:work:attempts",
                    "1",
                    "step:work:started",
                    time,
                    "version",
                    Self.version,
                    "event:2",
                    time + " operation.started",
                    "event:3",
                    time + #" step.started {"step":"work","attempt":1}"#
                )
            }
            for case let error? in try await stand.probe.send(commands).map(\.error) { throw error }
        }
    }

    // MARK: Running

    private func run(
        _ what: String,
        _ call: ScriptCall,
        _ operations: Int,
        of range: Int,
        _ stand: Stand
    ) async throws -> (rate: Double, microseconds: Double) {
        let requests = operations / Self.batch
        let before = try await stand.info()
        let rate = try RedisBenchmark(socket: stand.socket, requests: requests, range: range).rate(of: call.command)
        let after = try await stand.info()
        let difference = { (command: String, field: KeyPath<RedisInfo.Command, Int>) in
            (after.commands[command]?[keyPath: field] ?? 0) - (before.commands[command]?[keyPath: field] ?? 0)
        }
        // Each of the three writes the hash of each operation; a batch that was refused would be fast.
        guard difference("hset", \.calls) >= requests * Self.batch * 9 / 10, difference("evalsha", \.failures) == 0 else {
            throw Wrong(
                """
                redis-benchmark's calls of \(what) did not do what they are to do: \(requests) batches of \(Self.batch) made \
                \(difference("hset", \.calls)) writes and \(difference("evalsha", \.failures)) errors.
                """
            )
        }
        return (rate * Double(Self.batch), Double(difference("evalsha", \.microseconds)) / Double(requests * Self.batch))
    }
}
