import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting

/// A bit of everything: operations that wait, run, wait for a retry, failed, were canceled, are undone and have ended.
struct LiveScenario {
    static let definition: Definition = {
        let retry = RetryPolicy(attempts: 3, firstDelay: 3_600_000, maxDelay: 3_600_000, jitter: .none)
        let undo = Undo.handler(.init(handler: .swift("undo"), queue: "undo"))
        return Definition(
            type: "order",
            steps: [
                Step(name: "work", handler: .swift("work"), retry: retry, undo: undo),
                Step(name: "more", queue: "slow", handler: .swift("more"), retry: RetryPolicy(attempts: 1)),
            ]
        )
    }()

    var running: Operation
    var retrying: Operation
    var failed: Operation
    var held: Operation

    /// Made through the store alone, as by an API process and a worker called `worker-a`.
    static func make(_ test: TestStore) async throws -> LiveScenario {
        try await test.store.recordPartitions()
        let reservation = Reservation(tenant: "default", key: "key of a client", id: .random(), fingerprint: "f")
        _ = try await test.store.reserve(reservation)
        try await test.store.keep("{}", to: reservation)
        var counts = OperationCounts()
        counts.counts = [.accepted: 1]
        try await test.store.add(counts)
        _ = try await canceledWhileItRuns(test)
        let failed = try await failedAndUndone(test)
        let retrying = try await test.submit(definition)
        let (lease, begun) = try await test.begin(definition, consumer: "worker-a")
        let problem = Problem(type: "/problems/too-busy", title: "The shop is too busy")
        _ = try await test.settle(definition, lease, begun, .unknown(problem))
        let running = try await test.submit(definition, input: #"{"orderId":7}"#)
        let (held, _) = try await test.begin(definition, consumer: "worker-a")
        _ = try await test.store.renew([held], by: 60_000)
        _ = try await scheduled(test)
        let waiting = try await test.hold()
        var named = test.submission(definition, id: .random())
        named.resources = ["order/42"]
        _ = try await test.store.submit(named)
        _ = try await test.submit(definition)
        try await test.store.register(Registration(role: "work", host: "host", pid: 1, since: 0), for: 60_000)
        _ = try await test.store.pause("slow")
        _ = try await test.store.takeTurn(at: "reconcile", as: "worker-a", for: 60_000)
        _ = try await test.store.reconcile(from: .start, limit: 100, grace: 0)
        return LiveScenario(running: running, retrying: retrying, failed: failed, held: waiting)
    }

    /// Crashed once, too.
    private static func failedAndUndone(_ test: TestStore) async throws -> Operation {
        let accepted = try await test.submit(definition)
        let messages = try await test.claim(consumer: "worker-b")
        _ = try await test.store.begin(messages, with: test.options(definition, consumer: "worker-b", lease: 1))
        var answer = BeginAnswer.held
        while case .held = answer {
            answer = try await test.store.begin(messages, with: test.options(definition, consumer: "worker-a"))[0]
        }
        guard case .begun(let lease, let begun) = answer else { throw Unexpected(what: "\(answer)") }
        _ = try await test.settle(definition, lease, begun, .succeeded(JSONText(trusted: #"{"charged":true}"#)))
        let (second, more) = try await test.begin(definition, queue: "slow", consumer: "worker-a")
        let problem = Problem(type: "/problems/sold-out", title: "Sold out", status: 409)
        _ = try await test.settle(definition, second, more, .failed(problem, retry: .never))
        let (undo, undoing) = try await test.begin(definition, queue: "undo", consumer: "worker-a")
        _ = try await test.settle(definition, undo, undoing, .succeeded(.null))
        return accepted
    }

    private static func canceledWhileItRuns(_ test: TestStore) async throws -> Operation {
        let decisions = Decisions(definition, version: definition.version)
        let accepted = try await test.submit(definition)
        let (lease, _) = try await test.begin(definition, consumer: "worker-a")
        let seen = try await test.current(accepted.id)
        _ = try await test.store.apply(decisions.cancel(seen) ?? Transition(), to: seen)
        let told = try await test.current(accepted.id)
        let problem = Problem(type: "/problems/canceled", title: "Canceled")
        _ = try await test.settle(definition, lease, told, .unknown(problem))
        let (undo, undoing) = try await test.begin(definition, queue: "undo", consumer: "worker-a")
        _ = try await test.settle(definition, undo, undoing, .succeeded(.null))
        return accepted
    }

    /// Two more operations: one delivery was tried in vain, one is still to be moved to its receiver.
    static func delivered(_ test: TestStore) async throws {
        let callback = Callback(url: try WebhookURL("https://example.com/hook"), events: [.accepted])
        for isLast in [false, true] {
            var submission = test.submission(definition, id: .random())
            submission.notBefore = 4_000_000_000_000
            submission.callback = callback
            _ = try await test.store.submit(submission)
            if isLast { continue }
            _ = try await test.store.route(limit: 10, to: [])
            let due = try await test.store.dueReceivers(limit: 10)
            for receiver in due.receivers {
                for claim in try await test.store.claim(receiver, configured: nil, limit: 10, lease: 60_000) {
                    _ = try await test.store.settle(claim, as: DeliveryOutcome(.again(after: 5000), status: 500, fault: nil, pause: 0))
                }
            }
        }
    }

    private static func scheduled(_ test: TestStore) async throws -> Operation {
        let id = OperationID.random()
        var submission = test.submission(definition, id: id)
        submission.notBefore = 4_000_000_000_000
        submission.metadata = JSONText(trusted: #"{"note":"later"}"#)
        submission.idempotencyKey = "key of a client"
        submission.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        submission.transition = Decisions(definition, version: definition.version)
            .submit(id, inline: false, recovery: 1, notBefore: submission.notBefore)
        guard case .accepted(let operation) = try await test.store.submit(submission) else { throw Unexpected(what: "not accepted") }
        return operation
    }
}
