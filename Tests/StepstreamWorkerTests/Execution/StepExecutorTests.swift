import Logging
import Stepstream
import StepstreamTesting
import Testing
import StepstreamStore

@Suite("Execution of one attempt", .timeLimit(.minutes(1)))
struct StepExecutorTests {
    private let clock = ManualClock()
    private let signals = NamedSignals()

    /// Begins the only operation of `definition` and executes it on the manual clock, with a keeper that runs meanwhile.
    private func execute(
        _ bench: Bench,
        _ definition: Definition,
        store: (any OperationStore)? = nil,
        length: Milliseconds = 30_000,
        logger: Logger = Logger.quiet,
        handler: @escaping @Sendable (StepContext) async throws -> Outcome,
        _ meanwhile: (LeaseKeeper, OperationID) async throws -> Void
    ) async throws -> (end: StepExecutor.End, operation: Operation) {
        let id = try await bench.submit(definition).id
        let (lease, begun) = try await bench.begin(definition)
        let store = (store ?? bench.store).roles.work
        let time = ClockTime(clock)
        let leases = LeaseKeeper(consumer: lease.consumer, length: length, store: store, clock: time, logger: logger)
        let executor = StepExecutor(
            store: store,
            handlers: .acting([definition.steps[0].name: handler]),
            leases: leases,
            clock: time,
            logger: logger
        )
        return try await withThrowingTaskGroup(of: StepExecutor.End?.self) { group in
            group.addTask {
                await leases.keep()
                return nil
            }
            group.addTask { [signals] in
                defer { signals.emit("ended") }
                return await executor.execute(lease, of: begun, by: Decisions(definition, version: definition.version))
            }
            try await meanwhile(leases, id)
            let end = try #require(try await group.next() ?? nil)
            group.cancelAll()
            return (end, try #require(try await bench.store.read(id, withEvents: true)))
        }
    }

    @Test("A handler's answer is committed")
    func answered() async throws {
        try await Bench.with { bench in
            let (_, operation) = try await execute(bench, .steps(["a"])) { _ in
                .succeeded(JSONText(trusted: "5"))
            } _: { _, _ in
            }
            #expect(operation.status == .succeeded)
            #expect(operation.result?.text == "5")
        }
    }

    @Test("An attempt whose time is over is unknown and is tried again")
    func timeout() async throws {
        try await Bench.with { bench in
            let definition = Definition.steps(["a"], timeout: 5000, retry: RetryPolicy(attempts: 2, firstDelay: 60_000, jitter: .none))
            let (_, operation) = try await execute(bench, definition) { [signals] _ in
                signals.emit("began")
                await untilCanceled()
                signals.emit("canceled")
                return .succeeded(.null)
            } _: { _, _ in
                try await signals.wait(for: "began")
                // The keeper's two sleeps: the renewal, and the end of this attempt's time.
                try await clock.waitForSleepers(2)
                clock.advance(by: .seconds(5))
                try await signals.wait(for: "canceled")
            }
            let record = try #require(operation.steps["a"])
            #expect(record.status == .retrying)
            #expect(record.isUncertain)
            #expect(record.error?.text.contains("/problems/step-timeout") == true)
        }
    }

    @Test("An attempt whose time is over while the store is away does not keep the watch awake")
    func timeoutDuringOutage() async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            store.cut([.commit])
            let (_, operation) = try await execute(bench, .steps(["a"], timeout: 5000), store: store) { [signals] _ in
                signals.emit("began")
                await untilCanceled()
                return .succeeded(.null)
            } _: { _, _ in
                try await signals.wait(for: "began")
                try await clock.waitForSleepers(2)
                clock.advance(by: .seconds(5))
                try await store.signals.wait(for: "commit")
                // Renewal, the pause before the next commit, and the watch: asleep, though the attempt's time is over.
                try await clock.waitForSleepers(3)
                store.heal()
                clock.advance(by: .seconds(1))
            }
            #expect(operation.steps["a"]?.status == .retrying)
        }
    }

    @Test("A handler that ignores its cancellation does not hold its attempt up")
    func ignoresCancelation() async throws {
        try await Bench.with { bench in
            let release = Wakeup()
            let (_, operation) = try await execute(bench, .steps(["a"], timeout: 5000)) { [signals] _ in
                signals.emit("began")
                await Task { await release.wait(until: nil, on: .system) }.value
                return .succeeded(.null)
            } _: { _, _ in
                try await signals.wait(for: "began")
                try await clock.waitForSleepers(2)
                clock.advance(by: .seconds(5))
            }
            #expect(operation.steps["a"]?.status == .retrying)
            release.raise()
        }
    }

    @Test("A handler that throws has failed, and is tried again by policy")
    func thrown() async throws {
        try await Bench.with { bench in
            struct Broken: Error {}
            let (_, operation) = try await execute(bench, .steps(["a"])) { _ in
                throw Broken()
            } _: { _, _ in
            }
            #expect(operation.steps["a"]?.status == .retrying)
            #expect(operation.steps["a"]?.isUncertain == false)
        }
    }

    @Test("Draining hands work back at once and spends no attempt")
    func drained() async throws {
        try await Bench.with { bench in
            let (_, operation) = try await execute(bench, .steps(["a"])) { [signals] _ in
                signals.emit("began")
                await untilCanceled()
                return .succeeded(.null)
            } _: { leases, _ in
                try await signals.wait(for: "began")
                leases.drain()
            }
            #expect(operation.steps["a"]?.status == .queued)
            #expect(operation.steps["a"]?.attempts == 0)
            let (_, again) = try await bench.begin(.steps(["a"]), consumer: "b:0")
            #expect(again.steps["a"]?.attempts == 1)
            #expect(again.steps["a"]?.crashes == 0)
        }
    }

    @Test("A lost lease cancels the handler, and nothing is written")
    func leaseLost() async throws {
        try await Bench.with { bench in
            let definition = Definition.steps(["a"])
            let (end, operation) = try await execute(bench, definition) { [signals] _ in
                signals.emit("began")
                await untilCanceled()
                signals.emit("canceled")
                return .succeeded(.null)
            } _: { leases, id in
                try await signals.wait(for: "began")
                // Someone else has it: the epoch in the record is another one.
                let current = try #require(try await bench.store.read(id, withEvents: false))
                var transition = Transition()
                transition.changes = [StepChange(Work(.forward, "a"), to: .queued, endsAttempt: true)]
                transition.events = [EventDraft(.stepRetrying)]
                guard case .applied = try await bench.store.apply(transition, to: current) else {
                    throw Unexpected(what: "not applied")
                }
                leases.renewNow()
                try await signals.wait(for: "canceled")
            }
            guard case .lost = end else {
                Issue.record("\(end)")
                return
            }
            #expect(operation.steps["a"]?.status == .queued)
        }
    }

    @Test("A commit that fails is repeated until it goes through")
    func commitRepeated() async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            store.cut([.commit], .indeterminate)
            let (_, operation) = try await execute(bench, .steps(["a"]), store: store) { _ in
                .succeeded(.null)
            } _: { _, _ in
                for round in 1...3 {
                    try await store.signals.wait(for: "commit", count: round)
                    // Renewal, the watch, and the pause before the next commit: it counts from when it began.
                    try await clock.waitForSleepers(3)
                    if round == 3 { store.heal() }
                    clock.advance(by: .seconds(1))
                }
            }
            #expect(operation.status == .succeeded)
        }
    }

    @Test("A lease that its own commit has ended is not called lost")
    func renewalMeetsCommit() async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            let log = RecordingLog()
            store.loseCommitAnswers()
            let (_, operation) = try await execute(bench, .steps(["a"]), store: store, logger: log.logger) { _ in
                .succeeded(.null)
            } _: { leases, _ in
                try await store.signals.wait(for: "commit")
                try await clock.waitForSleepers(3)
                leases.renewNow()
                try await store.signals.wait(for: "renewed")
                // The renewal sleeps again, beside the watch and the pause before the next commit: its answer has been read.
                try await clock.waitForSleepers(3)
                store.heal()
                clock.advance(by: .seconds(1))
            }
            #expect(operation.status == .succeeded)
            #expect(log.lines.allSatisfy { $0.hasPrefix("A commit failed") })
            #expect(log.lines.count == 1)
        }
    }

    @Test("A commit is not repeated beyond the lease")
    func commitGivenUp() async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            store.cut([.commit, .renew])
            let (end, operation) = try await execute(bench, .steps(["a"]), store: store, length: 3000) { _ in
                .succeeded(.null)
            } _: { _, _ in
                try await store.signals.wait(for: "commit")
                while signals.values(of: "ended").isEmpty {
                    try await clock.waitForSleepers(1)
                    clock.advance(by: .milliseconds(100))
                    await Task.yield()
                }
            }
            guard case .lost = end else {
                Issue.record("\(end)")
                return
            }
            #expect(operation.steps["a"]?.status == .running)
        }
    }

    @Test("Two thirds of a lease without a renewal, and the worker stops itself")
    func selfFence() async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            store.cut([.renew])
            let (end, _) = try await execute(bench, .steps(["a"]), store: store, length: 30_000) { [signals] _ in
                signals.emit("began")
                await untilCanceled()
                signals.emit("canceled")
                return .succeeded(.null)
            } _: { _, _ in
                try await signals.wait(for: "began")
                try await clock.waitForSleepers(2)
                clock.advance(by: .milliseconds(19_999))
                #expect(signals.values(of: "canceled").isEmpty)
                try await clock.waitForSleepers(1)
                clock.advance(by: .milliseconds(1))
                try await signals.wait(for: "canceled")
            }
            guard case .lost = end else {
                Issue.record("\(end)")
                return
            }
        }
    }
}
