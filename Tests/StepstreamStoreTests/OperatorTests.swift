import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("What an operator does, on a real Redis", .redis)
struct OperatorTests {
    private let note = OperatorNote(by: "ann", reason: "looked at it")
    private let no = Problem(type: "/problems/no", title: "No")

    /// An operation whose undo of `a` has failed for good.
    private func stuck(_ test: TestStore, _ definition: Definition) async throws -> Operation {
        let accepted = try await test.submit(definition)
        let (first, one) = try await test.begin(definition)
        _ = try await test.settle(definition, first, one, .succeeded(.null))
        let (second, two) = try await test.begin(definition)
        _ = try await test.settle(definition, second, two, .failed(no, retry: .never))
        let (undo, three) = try await test.begin(definition)
        _ = try await test.settle(definition, undo, three, .failed(no, retry: .never))
        return try await test.current(accepted.id)
    }

    private func attention(_ test: TestStore) async throws -> [OperationID] {
        var query = ListQuery()
        query.needsAttention = true
        return try await test.store.list(query).operations.map(\.id)
    }

    @discardableResult
    private func act(_ test: TestStore, _ act: OperatorAct, _ definition: Definition, _ seen: Operation) async throws -> Operation {
        let transition = try Decisions(definition, version: definition.version).act(act, note, on: seen)
        guard case .applied(let version, _) = try await test.store.amend(seen, with: transition) else {
            throw Unexpected(what: "the act was refused")
        }
        let after = try await test.current(seen.id, withEvents: true)
        #expect(after.version == version)
        #expect(after.events.contains { $0.kind == .acted && $0.data.text.contains(#""by":"ann","reason":"looked at it""#) })
        return after
    }

    @Test("a failed undo that is retried has a fresh budget, and the operation ends as it would have")
    func retryUndo() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("a", "b", undo: true)
            let seen = try await stuck(test, definition)
            #expect(seen.phase == .undoFailed)
            #expect(try await attention(test) == [seen.id])
            let after = try await act(test, .retry, definition, seen)
            #expect(after.phase == .undoing)
            #expect(after.undos["a"]?.attempts == 0)
            #expect(try await attention(test).isEmpty)
            let (undo, begun) = try await test.begin(definition)
            #expect(begun.undos["a"]?.attempts == 1)
            _ = try await test.settle(definition, undo, begun, .succeeded(.null))
            let ended = try await test.current(seen.id, withEvents: true)
            #expect(ended.status == .failed)
            #expect(ended.phase == .undone)
            #expect(ended.error?.text.contains(#""undo":{"undone":["a"],"failed":[],"skipped":[],"kept":[]}"#) == true)
            #expect(ended.events.count { $0.kind == .stepUndoing } == 2, "each begin of the undo is told")
        }
    }

    @Test("a failed undo that is skipped is told as skipped, and those before it are still undone")
    func skipUndo() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("z", "a", "b", undo: true)
            let accepted = try await test.submit(definition)
            for _ in 0..<2 {
                let (lease, begun) = try await test.begin(definition)
                _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            }
            for _ in 0..<2 {
                let (lease, begun) = try await test.begin(definition)
                _ = try await test.settle(definition, lease, begun, .failed(no, retry: .never))
            }
            let seen = try await test.current(accepted.id)
            let after = try await act(test, .skip(result: nil), definition, seen)
            #expect(after.undos["a"]?.status == .skipped)
            #expect(after.phase == .undoing)
            let (undo, begun) = try await test.begin(definition)
            #expect(undo.message.work == Work(.undo, "z"))
            _ = try await test.settle(definition, undo, begun, .succeeded(.null))
            let ended = try await test.current(accepted.id)
            #expect(ended.phase == .undone)
            #expect(ended.error?.text.contains(#""undo":{"undone":["z"],"failed":[],"skipped":["a"],"kept":[]}"#) == true)
            #expect(try await attention(test) == [accepted.id], "it has failed, and no operator's act was its end")
            #expect(throws: ActRefusal.self) {
                try Decisions(definition, version: definition.version).act(.retry, note, on: ended)
            }
        }
    }

    @Test("a held step has neither message nor timer, and is run again, taken as done, or given up")
    func held() async throws {
        try await TestStore.run { test in
            let seen = try await test.hold()
            #expect(seen.phase == .waiting)
            #expect(seen.steps["pay"]?.status == .held)
            #expect(seen.steps["pay"]?.isUncertain == true)
            #expect(try await attention(test) == [seen.id])
            #expect(await test.store.health().queues.allSatisfy { $0.length == 0 })
            #expect(try await test.store.promoteDueTimers(limit: 10).next ?? 0 > 3_000_000, "nothing but its total time")

            let again = try await act(test, .retry, .held, seen)
            #expect(again.phase == .queued)
            #expect(try await attention(test).isEmpty)
            let (lease, begun) = try await test.begin(.held, queue: "held")
            #expect(begun.steps["pay"]?.attempts == 1)
            #expect(Decisions(.held, version: Definition.held.version).opening(of: lease.message.work, in: begun) == .run)
            _ = try await test.settle(.held, lease, begun, .unknown(no))

            let second = try await test.current(seen.id)
            #expect(second.phase == .waiting)
            let done = try await act(test, .skip(result: JSONText(trusted: #"{"paid":true}"#)), .held, second)
            #expect(done.status == .succeeded)
            #expect(done.result?.text == #"{"paid":true}"#)
            #expect(done.steps["pay"]?.error == nil)
            #expect(try await attention(test).isEmpty)
            #expect(try await test.store.promoteDueTimers(limit: 10).next == nil, "its total time does not matter any more")

            let other = try await test.hold()
            let failed = try await act(test, .undo, .held, other)
            #expect(failed.status == .failed)
            #expect(failed.error?.text.contains(#""title":"No answer","step":"pay","attempts":1"#) == true)
            #expect(try await attention(test).isEmpty)
        }
    }

    @Test("a lost lease is unknown too: a step that is to be held is held when it is begun again")
    func heldAfterCrash() async throws {
        try await TestStore.run { test in
            let accepted = try await test.submit(.held)
            let messages = try await test.claim(queue: "held")
            _ = try await test.store.begin(messages, with: test.options(.held, lease: 1))
            var answer = BeginAnswer.held
            while case .held = answer { answer = try await test.store.begin(messages, with: test.options(.held, consumer: "b"))[0] }
            guard case .begun(let lease, let begun) = answer else { throw Unexpected(what: "\(answer)") }
            let opening = Decisions(.held, version: Definition.held.version).opening(of: lease.message.work, in: begun)
            guard case .settle(let outcome) = opening else { throw Unexpected(what: "\(opening)") }
            _ = try await test.settle(.held, lease, begun, outcome)
            let seen = try await test.current(accepted.id)
            #expect(seen.steps["pay"]?.status == .held)
            let again = try await act(test, .retry, .held, seen)
            #expect(again.steps["pay"]?.crashes == 0)
            let (_, third) = try await test.begin(.held, queue: "held")
            #expect(Decisions(.held, version: Definition.held.version).opening(of: Work(.run, "pay"), in: third) == .run)
        }
    }

    @Test("what waits for its delay is tried at once, or given up")
    func retrying() async throws {
        try await TestStore.run { test in
            let retry = RetryPolicy(attempts: 3, firstDelay: 3_600_000, maxDelay: 3_600_000, jitter: .none)
            let definition = Definition(type: "retried", steps: [Step(name: "work", handler: .swift("work"), retry: retry)])
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            _ = try await test.settle(definition, lease, begun, .failed(no, retry: .byPolicy(after: nil)))
            let now = try await act(test, .retry, definition, try await test.current(accepted.id))
            #expect(now.phase == .queued)
            #expect(try await test.store.promoteDueTimers(limit: 10).next == nil)
            let (again, second) = try await test.begin(definition)
            #expect(second.steps["work"]?.attempts == 2, "the budget is not renewed")
            _ = try await test.settle(definition, again, second, .failed(no, retry: .byPolicy(after: nil)))
            let given = try await act(test, .undo, definition, try await test.current(accepted.id))
            #expect(given.status == .failed)
            #expect(given.error?.text.contains(#""title":"No","step":"work","attempts":2"#) == true)
            #expect(try await test.store.promoteDueTimers(limit: 10).next == nil)
        }
    }

    @Test("of a cancelation, a retry, a skip and an undo that race, one wins, whoever it is", arguments: 0..<8)
    func race(round: Int) async throws {
        try await TestStore.run { test in
            let seen = try await test.hold()
            let decisions = Decisions(.held, version: Definition.held.version)
            var transitions = [try #require(decisions.cancel(seen)), try #require(decisions.timeOut(seen))]
            for act in [OperatorAct.retry, .skip(result: nil), .undo] { transitions.append(try decisions.act(act, note, on: seen)) }
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for transition in transitions.shuffled() {
                    group.addTask {
                        switch try await test.store.amend(seen, with: transition) {
                        case .applied: true
                        case .changed: false
                        case .lost: throw Unexpected(what: "the operation is gone")
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
            #expect(try await attention(test).isEmpty)
        }
    }
}
