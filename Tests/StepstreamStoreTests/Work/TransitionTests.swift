import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Transitions on a real Redis", .redis)
struct TransitionTests {
    @Test("a one-step operation goes from submission to success, and leaves no message behind")
    func oneStep() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition, input: #"{"n":1}"#)
            #expect(accepted.status == .notStarted)
            #expect(accepted.phase == .queued)

            let (lease, begun) = try await test.begin(definition)
            #expect(begun.input.text == #"{"n":1}"#)
            #expect(begun.steps["work"]?.attempts == 1)
            let answer = try await test.settle(definition, lease, begun, .succeeded(JSONText(trusted: "42")))
            guard case .applied = answer else { throw Unexpected(what: "\(answer)") }

            let ended = try #require(try await test.store.read(accepted.id, withEvents: true))
            #expect(ended.status == .succeeded)
            #expect(ended.phase == .done)
            #expect(ended.result?.text == "42")
            #expect(ended.expiresAt != nil)
            #expect(ended.events.map(\.kind) == [.accepted, .started, .stepStarted, .stepSucceeded, .succeeded])
            #expect(ended.events.map(\.sequence) == [1, 2, 3, 4, 5])
            #expect(ended.version == 5)
            let health = await test.store.health()
            #expect(health.queues.first?.length == 0)
            #expect(health.queues.first?.pending == 0)
        }
    }

    @Test("the results of earlier steps reach the next one")
    func chain() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("first", "second")
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            _ = try await test.settle(definition, lease, begun, .succeeded(JSONText(trusted: #"{"a":1}"#)))
            let (next, second) = try await test.begin(definition)
            #expect(next.message.work.step == "second")
            #expect(second.steps["first"]?.result?.text == #"{"a":1}"#)
            #expect(next.epoch > lease.epoch)
            _ = try await test.settle(definition, next, second, .succeeded(.null))
            #expect(try await test.store.read(accepted.id, withEvents: false)?.status == .succeeded)
        }
    }

    @Test("a worker that wakes after its lease changes nothing")
    func fencing() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            let (old, stale) = try await test.begin(definition, consumer: "old", lease: 1)
            let delivered = DeliveredMessage(old.message, entry: old.entry)
            let options = BeginOptions(consumer: "new", lease: 60_000, definitions: [definition.version: definition])
            var fresh: (Lease, Operation)?
            while fresh == nil {
                if case .begun(let lease, let operation)? = try await test.store.begin([delivered], with: options).first {
                    fresh = (lease, operation)
                }
            }
            let (new, begun) = try #require(fresh)
            #expect(begun.steps["work"]?.crashes == 1)
            #expect(begun.steps["work"]?.attempts == 1)
            let before = try await test.store.read(accepted.id, withEvents: true)
            guard case .lost = try await test.settle(definition, old, stale, .succeeded(JSONText(trusted: "\"late\""))) else {
                throw Unexpected(what: "a stale commit was applied")
            }
            #expect(try await test.store.renew([old], by: 60_000) == [.lost])
            #expect(try await test.store.read(accepted.id, withEvents: true) == before)
            guard case .applied = try await test.settle(definition, new, begun, .succeeded(.null)) else {
                throw Unexpected(what: "the rightful commit was refused")
            }
        }
    }

    @Test("a failed attempt waits for its timer, and the timer publishes it again")
    func retry() async throws {
        try await TestStore.run { test in
            let definition = Definition(
                type: "retried",
                steps: [Step(name: "work", handler: .swift("work"), retry: RetryPolicy(attempts: 2, firstDelay: 1, jitter: .none))]
            )
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            _ = try await test.settle(definition, lease, begun, .failed(Problem(type: "t", title: "t"), retry: .byPolicy(after: nil)))
            let waiting = try await test.store.read(accepted.id, withEvents: false)
            #expect(waiting?.phase == .retrying)
            #expect(waiting?.steps["work"]?.status == .retrying)
            while try await test.store.promoteDueTimers(limit: 10).promoted == 0 {}
            let (again, second) = try await test.begin(definition)
            #expect(second.steps["work"]?.attempts == 2)
            _ = try await test.settle(definition, again, second, .failed(Problem(type: "t", title: "t"), retry: .byPolicy(after: nil)))
            let failed = try #require(try await test.store.read(accepted.id, withEvents: false))
            #expect(failed.status == .failed)
            #expect(failed.error?.text.contains(#""step":"work""#) == true)
            var query = ListQuery()
            query.needsAttention = true
            #expect(try await test.store.list(query).operations.map(\.id) == [accepted.id])
        }
    }

    @Test("submitting an ID twice is harmless, and another request under it is refused")
    func resubmission() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            guard case .exists(let same) = try await test.store.submit(test.submission(definition, id: accepted.id)) else {
                throw Unexpected(what: "not found again")
            }
            #expect(same.id == accepted.id)
            var other = test.submission(definition, id: accepted.id)
            other.fingerprint = "other"
            guard case .conflict = try await test.store.submit(other) else { throw Unexpected(what: "another request was taken") }
            #expect(await test.store.health().queues.map(\.length) == [1], "a queue that nobody has read yet is seen all the same")
            let reply = try await test.client.send(RedisCommand("XLEN", "\(test.namespace):{0}:queue:default"))
            #expect(reply.integer == 1)
        }
    }

    @Test("failed operations are undone step by step, newest first")
    func rollback() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("a", "b", undo: true)
            let accepted = try await test.submit(definition)
            let (first, one) = try await test.begin(definition)
            _ = try await test.settle(definition, first, one, .succeeded(.null))
            let (second, two) = try await test.begin(definition)
            _ = try await test.settle(definition, second, two, .failed(Problem(type: "no", title: "No"), retry: .never))
            let undoing = try await test.store.read(accepted.id, withEvents: false)
            #expect(undoing?.phase == .undoing)
            #expect(undoing?.status == .running)
            let (undo, third) = try await test.begin(definition)
            #expect(undo.message.work == Work(.undo, "a"))
            _ = try await test.settle(definition, undo, third, .succeeded(.null))
            let ended = try #require(try await test.store.read(accepted.id, withEvents: true))
            #expect(ended.status == .failed)
            #expect(ended.phase == .undone)
            #expect(ended.error?.text.contains(#""undo":{"undone":["a"],"failed":[],"skipped":[],"kept":[]}"#) == true)
            #expect(ended.events.last?.kind == .failed)
        }
    }
}
