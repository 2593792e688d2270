import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Calls whose answer was lost", .redis)
struct RepetitionTests {
    private static let definition = Definition.chain("work")

    @Test("a begin that is made again is given what the first began, once, and nothing counts as a crash; another call finds it held")
    func begin() async throws {
        try await TestStore.run { test in
            let accepted = try await test.submit(Self.definition)
            let messages = try await test.claim()
            var options = test.options(Self.definition)
            options.call = "one"
            guard case .begun(let first, _)? = try await test.store.begin(messages, with: options).first else {
                throw Unexpected(what: "nothing was begun")
            }
            let version = try await test.current(accepted.id).version
            // The message twice: what is given is given to one of them.
            let answers = try await test.store.begin(messages + messages, with: options)
            guard answers.count == 2, case .begun(let second, let operation) = answers[0], case .held = answers[1] else {
                throw Unexpected(what: "\(answers)")
            }
            #expect(second == first && operation.version == version)
            #expect(operation.steps["work"]?.attempts == 1 && operation.steps["work"]?.crashes == 0)
            #expect(operation.steps["work"]?.isUncertain == false)
            for call in ["two", nil] {
                options.call = call
                guard case .held? = try await test.store.begin(messages, with: options).first else { throw Unexpected(what: "not held") }
            }
            guard case .applied = try await test.settle(Self.definition, second, operation, .succeeded(.null)) else {
                throw Unexpected(what: "the commit was refused")
            }
        }
    }

    @Test("a reservation that is made again is the same one, and does not wait for itself")
    func reserve() async throws {
        try await TestStore.run { test in
            let first = Reservation(tenant: "a", key: "k", id: .random(), fingerprint: "f", request: "first")
            for _ in 0..<2 { #expect(try await test.store.reserve(first) == .reserved) }
            let key = try #require(try await test.client.send(RedisCommand("KEYS", test.namespace + "*idempotency*"))[0].string)
            _ = try await test.client.send(RedisCommand("HSET", key, "until", "1"))
            var second = first
            (second.request, second.id) = ("second", .random())
            for _ in 0..<2 { #expect(try await test.store.reserve(second) == .bound(first.id)) }
        }
    }

    @Test("a key whose operation was forgotten without its answer does not run the work again; one that was never accepted does")
    func expired() async throws {
        try await TestStore.run(configure: { $0.retention = 60_000 }) { test in
            var reservation = Reservation(tenant: "a", key: "k", id: .random(), fingerprint: "f", request: "first")
            _ = try await test.store.reserve(reservation)
            let key = try #require(try await test.client.send(RedisCommand("KEYS", test.namespace + "*idempotency*"))[0].string)
            let (first, request) = (reservation.id, RedisCommand("HSET", key, "until", "1"))
            reservation.request = "second"
            _ = try await test.client.send(request)
            #expect(try await test.store.reserve(reservation) == .bound(first), "so soon it cannot have been forgotten")
            _ = try await test.client.send(RedisCommand("HSET", key, "until", "1", "since", "1"))
            reservation.request = "third"
            #expect(try await test.store.reserve(reservation) == .expired)
            #expect(try await test.store.reserve(reservation) == .expired, "nothing is held meanwhile")
            _ = try await test.submit(Self.definition, id: first)
            #expect(try await test.store.reserve(reservation) == .bound(first), "it lives longer than the retention")
        }
    }

    @Test("what a try came to is written once, and the receiver's failures are counted once")
    func settle() async throws {
        try await TestStore.run { test in
            let url = "https://a.example/hook"
            var submission = test.submission(Self.definition, id: .random())
            submission.callback = Callback(url: try WebhookURL(url), events: [.accepted])
            _ = try await test.store.submit(submission)
            _ = try await test.store.route(limit: 10, to: [])
            let receiver = DueReceivers.Receiver(name: "a.example/443", partition: 0)
            let claim = try #require(try await test.store.claim(receiver, configured: nil, limit: 1, lease: 60_000).first)
            let failed = DeliveryOutcome(.again(after: 60_000), status: 500, fault: nil, pause: 60_000)
            for _ in 0..<3 { #expect(try await test.store.settle(claim, as: failed)) }
            let ledger = try #require(try await test.store.ledger(of: submission.id))
            #expect(ledger.deliveries.first?.tries.count == 1)
            let state = test.namespace + ":{0}:receiver-state:a.example/443"
            #expect(try await test.client.send(RedisCommand("HGET", state, "failures")).string == "1")
        }
    }

    @Test("a lease is renewed though the stream of another, or its group, is gone")
    func renew() async throws {
        try await TestStore.run { test in
            let other = Definition(type: "other", steps: [Step(name: "work", queue: "other", handler: .swift("h"))])
            _ = try await test.submit(Self.definition)
            _ = try await test.submit(other)
            let (first, _) = try await test.begin(Self.definition)
            let (second, _) = try await test.begin(other, queue: "other")
            _ = try await test.client.send(RedisCommand("XGROUP", "DESTROY", test.namespace + ":{0}:queue:default", "workers"))
            #expect(try await test.store.renew([first, second], by: 60_000) == [.renewed, .renewed])
            _ = try await test.client.send(RedisCommand("DEL", test.namespace + ":{0}:queue:other"))
            #expect(try await test.store.renew([first, second], by: 60_000) == [.renewed, .renewed])
        }
    }
}
