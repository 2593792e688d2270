import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Records of idempotency keys", .redis)
struct IdempotencyRecordTests {
    private let first = Reservation(tenant: "a", key: "k", id: .random(), fingerprint: "f", request: "first")

    @Test("a key is one caller's, one request's, and keeps one answer")
    func once() async throws {
        try await TestStore.run { [first] test in
            #expect(try await test.store.reserve(first) == .reserved)
            var other = first
            other.request = "second"
            other.id = .random()
            #expect(try await test.store.reserve(other) == .accepting(first.id))
            other.tenant = "b"
            #expect(try await test.store.reserve(other) == .reserved, "another caller's")
            other.tenant = "a"
            try await test.store.keep("one", to: first)
            try await test.store.keep("two", to: first)
            #expect(try await test.store.reserve(other) == .answered("one"))
            other.fingerprint = "g"
            #expect(try await test.store.reserve(other) == .conflict)
        }
    }

    @Test(
        "a key that was given back is free; a request that broke off is replaced under the same ID, and cannot give back what is not its own"
    )
    func release() async throws {
        try await TestStore.run { [first] test in
            _ = try await test.store.reserve(first)
            try await test.store.release(first, isNew: true)
            #expect(try await test.store.reserve(first) == .reserved)
            let key = try #require(try await test.client.send(RedisCommand("KEYS", test.namespace + "*idempotency*"))[0].string)
            _ = try await test.client.send(RedisCommand("HSET", key, "until", "1"))
            var second = first
            second.request = "second"
            #expect(try await test.store.reserve(second) == .bound(first.id))
            try await test.store.release(first, isNew: true)
            #expect(try await test.store.reserve(first) == .accepting(first.id))
            try await test.store.release(second, isNew: false)
            #expect(try await test.store.reserve(first) == .bound(first.id))
        }
    }

    @Test("a record outlives its operation: it is renewed as long as that has not ended, and kept at least twice as long after it")
    func expiry() async throws {
        try await TestStore.run(configure: {
            $0.retention = 1_000_000
            $0.idempotencyRetention = 1
        }) { [first] test in
            _ = try await test.store.reserve(first)
            let definition = Definition.chain("work")
            var submission = test.submission(definition, id: first.id)
            submission.tenant = "a"
            submission.idempotencyKey = "k"
            _ = try await test.store.submit(submission)
            let key = try #require(try await test.client.send(RedisCommand("KEYS", test.namespace + "*idempotency*"))[0].string)
            _ = try await test.client.send(RedisCommand("PEXPIRE", key, "100000"))
            _ = try await test.reconcileAll()
            #expect(try await test.client.send(RedisCommand("PTTL", key)).integer ?? 0 > 1_900_000)
        }
    }
}
