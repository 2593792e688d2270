import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("The total time of operations, on a real Redis", .redis)
struct DeadlineTests {
    private func definition(_ timeout: Milliseconds, pivot: Bool = false) -> Definition {
        var definition = Definition.chain("a", "b", undo: true)
        definition.deadline = timeout
        if pivot { definition.steps[0].undo = .pivot }
        return definition
    }

    /// Waits by Redis's own clock until operations are overdue.
    private func overdue(_ test: TestStore) async throws -> [PassedDeadline] {
        while true {
            let answer = try await test.store.promoteDueTimers(limit: 10)
            if !answer.passedDeadlines.isEmpty { return answer.passedDeadlines }
        }
    }

    private func passDeadline(_ test: TestStore, _ definition: Definition, _ id: OperationID) async throws -> Operation {
        let seen = try await test.current(id)
        let transition = try #require(Decisions(definition, version: definition.version).passDeadline(seen))
        guard case .applied = try await test.store.apply(transition, to: seen) else { throw Unexpected(what: "refused") }
        return try await test.current(id)
    }

    @Test("an overdue operation is told to one worker, and again only later")
    func handedToOne() async throws {
        try await TestStore.run { test in
            let definition = definition(1)
            let accepted = try await test.submit(definition)
            #expect(try await overdue(test) == [PassedDeadline(id: accepted.id, definition: definition.version)])
            let answer = try await test.store.promoteDueTimers(limit: 10)
            #expect(answer.passedDeadlines.isEmpty)
            #expect(answer.next ?? 0 > 5000, "it comes again, should that worker die")
            let after = try await passDeadline(test, definition, accepted.id)
            #expect(after.status == .failed)
            #expect(after.phase == .done)
            #expect(after.error?.text.contains("/problems/operation-deadline") == true)
            #expect(after.error?.text.contains(#""step":"a","attempts":0"#) == true)
            #expect(try await test.store.promoteDueTimers(limit: 10) == PromoteAnswer(promoted: 0, next: nil))
        }
    }

    @Test("a lost timer of the total time is set again, unless the operation goes back or only forward")
    func restored() async throws {
        try await TestStore.run { test in
            let timed = definition(20)
            let accepted = try await test.submit(timed)
            let canceled = try await test.submit(definition(3_600_000))
            let (_, begun) = try await test.begin(timed)
            #expect(begun.id == accepted.id)
            let seen = try await test.current(canceled.id)
            let cancel = try #require(Decisions(definition(3_600_000), version: seen.definition).cancel(seen))
            _ = try await test.store.apply(cancel, to: seen)
            _ = try await test.call("DEL", "timers")
            let answer = try await test.store.reconcile(from: .start, limit: 100, grace: 60_000)
            #expect(answer.timers == 1)
            #expect(try await overdue(test) == [PassedDeadline(id: accepted.id, definition: timed.version)])
        }
    }

    @Test("what was done is undone, then the operation ends as failed, not as canceled")
    func rollback() async throws {
        try await TestStore.run { test in
            let definition = definition(60_000)
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            let after = try await passDeadline(test, definition, accepted.id)
            #expect(after.phase == .undoing)
            // Its message still lies in the queue of the step that was not begun.
            let messages = try await test.claim()
            guard case .stale? = try await test.store.begin(messages, with: test.options(definition)).first else {
                throw Unexpected(what: "a step was begun although its operation goes back")
            }
            let (undo, undoing) = try await test.begin(definition)
            _ = try await test.settle(definition, undo, undoing, .succeeded(.null))
            let ended = try await test.current(accepted.id)
            #expect(ended.status == .failed)
            #expect(ended.phase == .undone)
            #expect(ended.error?.text.contains(#""step":"b""#) == true)
        }
    }

    @Test("a running attempt is told, and its commit is decided again")
    func running() async throws {
        try await TestStore.run { test in
            let definition = definition(60_000)
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            let after = try await passDeadline(test, definition, accepted.id)
            #expect(after.hasPassedDeadline && after.cancelRequested)
            #expect(Decisions(definition, version: definition.version).cancel(after) == nil, "one reason is enough")
            #expect(try await test.store.renew([lease], by: 60_000) == [.cancelRequested])
            guard case .changed(let current) = try await test.settle(definition, lease, begun, .succeeded(.null)) else {
                throw Unexpected(what: "a commit that did not know of it was applied")
            }
            _ = try await test.settle(definition, lease, current, .succeeded(.null))
            let (undo, undoing) = try await test.begin(definition)
            _ = try await test.settle(definition, undo, undoing, .succeeded(.null))
            let ended = try await test.current(accepted.id)
            #expect(ended.status == .failed)
            #expect(ended.error?.text.contains("/problems/operation-deadline") == true)
        }
    }

    @Test("a cancellation that came first is not overwritten")
    func canceledFirst() async throws {
        try await TestStore.run { test in
            let definition = definition(60_000)
            let decisions = Decisions(definition, version: definition.version)
            let accepted = try await test.submit(definition)
            _ = try await test.begin(definition)
            let seen = try await test.current(accepted.id)
            _ = try await test.store.apply(try #require(decisions.cancel(seen)), to: seen)
            guard case .changed(let current) = try await test.store.apply(try #require(decisions.passDeadline(seen)), to: seen) else {
                throw Unexpected(what: "the later one won")
            }
            #expect(current.cancelRequested && !current.hasPassedDeadline)
            #expect(decisions.passDeadline(current) == nil)
        }
    }

    @Test("after the pivot it has no effect, and no timer")
    func pivot() async throws {
        try await TestStore.run { test in
            let definition = definition(60_000, pivot: true)
            let accepted = try await test.submit(definition)
            #expect(try await test.store.promoteDueTimers(limit: 10).next != nil)
            let (lease, begun) = try await test.begin(definition)
            _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            #expect(try await test.store.promoteDueTimers(limit: 10).next == nil)
            let after = try await test.current(accepted.id)
            #expect(Decisions(definition, version: definition.version).passDeadline(after) == nil)
        }
    }

    @Test("it counts from notBefore on, or from acceptance if that is past")
    func notBefore() async throws {
        try await TestStore.run { test in
            let definition = definition(1000)
            for (time, isPast) in [(Milliseconds(4_000_000_000_000), false), (Milliseconds(1), true)] {
                let id = OperationID.random()
                var submission = test.submission(definition, id: id)
                submission.transition = Decisions(definition, version: definition.version)
                    .submit(id, inline: false, recovery: 1, notBefore: time)
                _ = try await test.store.submit(submission)
                let member = "deadline:\(definition.version):\(id)"
                let due = try await test.client.send(RedisCommand("ZSCORE", "\(test.namespace):{0}:timers", member)).string.flatMap {
                    Double($0)
                }
                let created = try await Double(test.current(id).createdAt.count)
                #expect(due == (isPast ? created + 1000 : 4_000_000_001_000))
            }
        }
    }
}
