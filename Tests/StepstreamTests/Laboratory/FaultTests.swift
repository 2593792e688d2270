import Testing

@testable import Stepstream

#if LABORATORY
/// A process must die before or after the very write that a failpoint is named for.
@Suite("Failpoints and faults at calls of the store and of handlers")
struct FaultTests {
    private let stand = FaultStand()
    private let definition = Definition(type: "order", steps: [Step(name: "a", handler: .swift("a"))])

    private var store: StandStore { StandStore(stand: stand) }
    private var message: Message {
        Message(operation: .fresh(), work: Work(.forward, "a"), queue: Step.defaultQueue, definition: definition.version)
    }
    private var lease: Lease { Lease(message: message, entry: "1-0", epoch: Epoch(1), consumer: "w:0") }
    private var operation: Operation { Operation(id: .fresh(), type: "order", definition: definition.version, input: .null) }
    private var decisions: Decisions { Decisions(definition, version: definition.version) }

    @Test("submissions and their keys")
    func submissions() async throws {
        let submissions = FaultySubmissions(store: store, faults: stand.faults)
        let submission = Submission(
            id: .fresh(),
            definition: definition,
            version: definition.version,
            input: .null,
            fingerprint: "",
            transition: Transition()
        )
        _ = try await submissions.submit(submission)
        #expect(stand.seen == ["beforeSubmit", "submit", "afterSubmit"])
        _ = await submissions.submit([submission, submission])
        #expect(stand.seen == ["beforeSubmit", "submit", "submit", "afterSubmit"])
        _ = try await submissions.durability()
        #expect(stand.seen == ["durability", "afterDurability"])
        let keys = FaultyKeys(store: store, faults: stand.faults)
        let reservation = Reservation(tenant: "t", key: "k", id: .fresh(), fingerprint: "")
        _ = try await keys.reserve(reservation)
        #expect(stand.seen == ["beforeReserve", "reserve", "afterReserve"])
        try await keys.keep("", to: reservation)
        #expect(stand.seen == ["beforeKeep", "keep"])
        try await keys.release(reservation, isNew: true)
        #expect(stand.seen == ["beforeKeyRelease", "release"])
    }

    @Test("changes that are asked for, and those of a passed deadline")
    func changes() async throws {
        let editor = FaultyEditor(store: store, faults: stand.faults)
        let operation = operation
        stand.answers.apply = .applied(.init(version: 2))
        _ = try await editor.apply(try #require(decisions.cancel(operation)), to: operation)
        #expect(stand.seen == ["beforeCancel", "apply", "afterCancel"])
        var definition = definition
        definition.deadline = 1000
        let passed = try #require(Decisions(definition, version: definition.version).passDeadline(operation))
        _ = try await editor.apply(passed, to: operation)
        #expect(stand.seen == ["beforeTakeBack", "apply", "afterTakeBack"])
        stand.answers.apply = .changed(operation)
        _ = try await editor.apply(passed, to: operation)
        #expect(stand.seen == ["beforeTakeBack", "apply"])
    }

    @Test("work that messages ask for, and sync steps")
    func begin() async throws {
        let work = FaultyWork(store: store, faults: stand.faults)
        let options = BeginOptions(consumer: "w:0", lease: 1000, definitions: [:])
        _ = try await work.begin([DeliveredMessage(message, entry: "1-0")], with: options)
        #expect(stand.seen == ["beforeBegin", "begin", "afterBegin"])
        stand.answers.begin = [.held]
        _ = try await work.begin([DeliveredMessage(message, entry: nil)], with: options)
        #expect(stand.seen == ["begin"])
        stand.answers.begin = [.begun(lease, operation)]
        _ = try await work.begin([DeliveredMessage(message, entry: nil)], with: options)
        #expect(stand.seen == ["begin", "afterInlineBegin"])
    }

    @Test("renewals, snoozes and sweeps")
    func keeping() async throws {
        let work = FaultyWork(store: store, faults: stand.faults)
        _ = try await work.renew([lease], by: 1000)
        #expect(stand.seen == ["beforeRenew", "renew", "afterRenew"])
        try await work.snooze([], after: 0, because: .canceled)
        #expect(stand.seen == ["beforeSnooze", "snooze", "afterSnooze"])
        _ = try await work.reclaim("default", consumer: "w:0", idle: 1000, cursor: .start)
        #expect(stand.seen == ["reclaim"])
        stand.answers.page.messages = [DeliveredMessage(message, entry: "1-0")]
        _ = try await work.reclaim("default", consumer: "w:0", idle: 1000, cursor: .start)
        #expect(stand.seen == ["reclaim", "afterReclaim"])
    }

    @Test("commits, by what became of them")
    func commits() async throws {
        let work = FaultyWork(store: store, faults: stand.faults)
        let (lease, operation) = (lease, operation)
        func commit(_ transition: Transition = Transition()) async throws -> [String] {
            _ = try await work.commit(lease, of: operation, applying: transition)
            return stand.seen
        }
        stand.answers.commit = .success(.applied(.init(version: 2)))
        #expect(try await commit() == ["beforeCommit", "commit", "afterCommit"])
        #expect(try await commit(release) == ["beforeCommit", "commit", "afterRelease"])
        stand.answers.commit = .success(.changed(operation))
        #expect(try await commit() == ["beforeCommit", "commit", "commitChanged"])
        stand.answers.commit = .success(.lost)
        #expect(try await commit() == ["beforeCommit", "commit"])
        stand.answers.commit = .failure(StoreError(.refused, "by the test"))
        await #expect(throws: StoreError.self) { _ = try await commit() }
        #expect(stand.seen == ["beforeCommit", "commit", "commitRepeats"])
        stand.answers.commit = .failure(StoreError(.cancelled, "by the test"))
        await #expect(throws: StoreError.self) { _ = try await commit() }
        #expect(stand.seen == ["beforeCommit", "commit"])
    }

    private var release: Transition {
        decisions.settle(Work(.forward, "a"), of: operation, outcome: .released, in: SettleContext(random: 0))
    }

    @Test("timers, before the promotion only when one is known to be due")
    func timers() async throws {
        let timers = FaultyTimers(store, faults: stand.faults)
        stand.answers.promoted = PromoteAnswer(promoted: 0, next: 0)
        _ = try await timers.promoteDueTimers(limit: 1)
        #expect(stand.seen == ["promote"])
        stand.answers.promoted = PromoteAnswer(promoted: 1, next: 60_000)
        _ = try await timers.promoteDueTimers(limit: 1)
        #expect(stand.seen == ["beforePromote", "promote", "afterPromote"])
        stand.answers.promoted = PromoteAnswer(promoted: 0, next: nil)
        _ = try await timers.promoteDueTimers(limit: 1)
        #expect(stand.seen == ["promote"])
    }

    @Test("claims, what is left of them, and notices once they have been passed on")
    func messages() async throws {
        let feed = FaultyMessages(store: store, faults: stand.faults)
        let reader = feed.messageSource(queues: [], consumer: "w:0").reader
        _ = try await reader.next(limit: 1)
        #expect(stand.seen == ["next"])
        stand.answers.messages = [DeliveredMessage(message, entry: "1-0")]
        _ = try await reader.next(limit: 1)
        #expect(stand.seen == ["next", "afterClaim"])
        _ = reader.rest()
        #expect(stand.seen == ["rest", "beforeReturn"])
        stand.answers.notices = [.resynchronize, .earlierTimer, .pausesChanged]
        for await notice in feed.workerNotices() { stand.note("\(notice)") }
        #expect(stand.seen == ["resynchronize", "earlierTimer", "afterNotice", "pausesChanged", "afterNotice"])
    }

    @Test("handlers of every kind")
    func handlers() async throws {
        var registry = HandlerRegistry(http: store)
        registry.register("a", handler: store)
        registry = registry.withFaults(stand.faults)
        #expect(registry.names == ["a"])
        #expect(registry.handler(for: .exec(command: ["true"])) == nil)
        for reference in [HandlerReference.swift("a"), .http(.init(url: ""))] {
            let handler = try #require(registry.handler(for: reference))
            _ = try await handler.run(context(.forward))
            #expect(stand.seen == ["beforeRun", "run", "afterRun"])
            _ = try await handler.run(context(.undo))
            #expect(stand.seen == ["beforeUndo", "run", "afterUndo"])
        }
    }

    private func context(_ direction: Work.Direction) -> StepContext {
        StepContext(
            operation: .fresh(),
            type: "order",
            work: Work(direction, "a"),
            handler: .swift("a"),
            attempt: 1,
            epoch: Epoch(1),
            timeout: 1000,
            input: .null
        )
    }

    @Test("planted faults change what is written and what is answered")
    func planted() async throws {
        let page = ReclaimPage(messages: [], cursor: ReclaimCursor(text: "0/5-0"), deleted: 0)
        let release = release
        #expect(!release.messages.isEmpty)
        for planted in [[], [Mutant.sweepFromStart, .releaseWithoutMessage]] {
            let stand = FaultStand(planted: Set(planted))
            let work = FaultyWork(store: StandStore(stand: stand), faults: stand.faults)
            stand.answers.page = page
            let answer = try await work.reclaim("default", consumer: "w:0", idle: 1000, cursor: .start)
            #expect(answer.cursor == (planted.isEmpty ? page.cursor : .start))
            _ = try await work.commit(lease, of: operation, applying: release)
            #expect(stand.transitions.map(\.messages) == [planted.isEmpty ? release.messages : []])
        }
    }
}
#endif
