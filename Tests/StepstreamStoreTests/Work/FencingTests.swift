import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Fencing, second messages and cancellation on a real Redis", .redis)
struct FencingTests {
    @Test("a commit decided without knowing of a request to cancel is decided again")
    func cancelDuringAttempt() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("a", "b", undo: true)
            let decisions = Decisions(definition, version: definition.version)
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            let seen = try await test.current(accepted.id)
            guard case .applied = try await test.store.apply(try #require(decisions.cancel(seen)), to: seen) else {
                throw Unexpected(what: "the request to cancel was refused")
            }
            #expect(try await test.store.renew([lease], by: 60_000) == [.cancelRequested])
            guard case .changed(let current) = try await test.settle(definition, lease, begun, .succeeded(.null)) else {
                throw Unexpected(what: "a commit that did not know of the cancellation was applied")
            }
            #expect(current.cancelRequested)
            guard case .applied = try await test.settle(definition, lease, current, .succeeded(.null)) else {
                throw Unexpected(what: "the second decision was refused")
            }
            #expect(try await test.current(accepted.id).phase == .undoing)
        }
    }

    @Test("a request to cancel that meets a pivot which then succeeds is dropped, and the operation goes on")
    func cancelAtPivot() async throws {
        try await TestStore.run { test in
            var definition = Definition.chain("a", "b")
            definition.steps[0].undo = .pivot
            let decisions = Decisions(definition, version: definition.version)
            let accepted = try await test.submit(definition)
            let (lease, _) = try await test.begin(definition)
            let seen = try await test.current(accepted.id)
            _ = try await test.store.apply(try #require(decisions.cancel(seen)), to: seen)
            _ = try await test.settle(definition, lease, try await test.current(accepted.id), .succeeded(.null))
            let after = try await test.current(accepted.id)
            #expect(after.cancelRequested == false)
            #expect(after.steps["b"]?.status == .queued)
            #expect(decisions.cancel(after) == nil)
            #expect(try await test.begin(definition).1.cancelRequested == false)
        }
    }

    @Test("a cancellation decided before the work was begun is decided again")
    func cancelRacesBegin() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let decisions = Decisions(definition, version: definition.version)
            let accepted = try await test.submit(definition)
            let transition = try #require(decisions.cancel(accepted))
            _ = try await test.begin(definition)
            guard case .changed(let current) = try await test.store.apply(transition, to: accepted) else {
                throw Unexpected(what: "begun work was canceled as if it waited")
            }
            #expect(current.steps["work"]?.status == .running)
        }
    }

    @Test("canceled work that waited is never begun, and its message is cleared away")
    func canceledWhileQueued() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            let transition = try #require(Decisions(definition, version: definition.version).cancel(accepted))
            _ = try await test.store.apply(transition, to: accepted)
            #expect(try await test.current(accepted.id).status == .canceled)
            let messages = try await test.claim()
            guard case .stale? = try await test.store.begin(messages, with: test.options(definition)).first else {
                throw Unexpected(what: "canceled work was begun")
            }
            let health = await test.store.health()
            #expect(health.queues.map(\.length) == [0])
            #expect(health.queues.map(\.pending) == [0])
        }
    }

    @Test("a second message for work whose retry has still to come does not skip the delay")
    func secondMessage() async throws {
        try await TestStore.run { test in
            let retry = RetryPolicy(attempts: 3, firstDelay: 3_600_000, maxDelay: 3_600_000, jitter: .none)
            let definition = Definition(type: "retried", steps: [Step(name: "work", handler: .swift("work"), retry: retry)])
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            let problem = Problem(type: "t", title: "t")
            _ = try await test.settle(definition, lease, begun, .failed(problem, retry: .byPolicy(after: nil)))
            let queue = "\(test.namespace):{0}:queue:default"
            _ = try await test.client.send(
                RedisCommand(
                    "XADD",
                    queue,
                    "*",
                    "operation",
                    accepted.id.text,
                    "step",
                    "work",
                    "direction",
                    "forward",
                    "definition",
                    definition.version.text
                )
            )
            let messages = try await test.claim()
            guard case .stale? = try await test.store.begin(messages, with: test.options(definition)).first else {
                throw Unexpected(what: "the delay was skipped")
            }
            #expect(try await test.store.promoteDueTimers(limit: 10).next ?? 0 > 3_000_000, "the timer still stands")
        }
    }

    @Test("an undo that nobody asked for is not run")
    func uncalledUndo() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("a", "b", undo: true)
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            let undo = Message(operation: accepted.id, work: Work(.undo, "a"), queue: "default", definition: definition.version)
            let answers = try await test.store.begin([DeliveredMessage(undo, entry: nil)], with: test.options(definition))
            guard case .stale? = answers.first else { throw Unexpected(what: "an undo was begun while the operation goes on") }
        }
    }

    @Test("an operation of another tenant is a conflict even for the same request")
    func foreignTenant() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            var foreign = test.submission(definition, id: accepted.id)
            foreign.tenant = "stranger"
            guard case .conflict = try await test.store.submit(foreign) else { throw Unexpected(what: "it was shown") }
        }
    }

    @Test("the same ID many times in one batch is accepted once")
    func oneBatch() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let id = OperationID.random()
            let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        switch try await test.store.submit(test.submission(definition, id: id)) {
                        case .accepted: true
                        case .exists: false
                        case .conflict: throw Unexpected(what: "conflict")
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(accepted == 1)
            #expect(await test.store.health().queues.map(\.length) == [1])
        }
    }

    @Test("work that is put back spends no attempt, wakes the timers, and comes again")
    func snooze() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            var notices = test.store.workerNotices().makeAsyncIterator()
            #expect(await notices.next() == .resynchronize)
            let messages = try await test.claim()
            try await test.store.snooze(messages, after: 0, because: Problem(type: "/problems/no-handler", title: "None"))
            #expect(await notices.next() == .earlierTimer)
            let aside = try await test.current(accepted.id)
            #expect(aside.steps["work"]?.attempts == 0)
            #expect(aside.steps["work"]?.error?.text.contains("no-handler") == true)
            #expect(await test.store.health().queues.map(\.length) == [0])
            #expect(try await test.store.promoteDueTimers(limit: 10).promoted == 1)
            #expect(try await test.begin(definition).1.steps["work"]?.attempts == 1)
        }
    }

    @Test("work handed back at once spends no attempt and leaves no second way to it")
    func released() async throws {
        try await TestStore.run { test in
            var definition = Definition.chain("work")
            definition.steps[0].mode = .sync
            let accepted = try await test.submit(definition, inline: true)
            let message = Message(operation: accepted.id, work: Work(.forward, "work"), queue: "default", definition: definition.version)
            let answers = try await test.store.begin([DeliveredMessage(message, entry: nil)], with: test.options(definition))
            guard case .begun(let lease, let begun)? = answers.first else { throw Unexpected(what: "\(answers)") }
            _ = try await test.settle(definition, lease, begun, .released)
            #expect(try await test.store.promoteDueTimers(limit: 10) == PromoteAnswer(promoted: 0, next: nil))
            #expect(try await test.begin(definition).1.steps["work"]?.attempts == 1)
        }
    }
}
