import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Listing, forgetting and idempotency keys on a real Redis", .redis)
struct ListTests {
    @Test("pages hold every operation once, newest first, also where many were accepted in one millisecond", arguments: [1, 3])
    func pages(partitions: Int) async throws {
        try await TestStore.run(configure: { $0.partitions = partitions }) { test in
            let definition = Definition.chain("work")
            try await withThrowingTaskGroup { group in
                for _ in 0..<300 { group.addTask { _ = try await test.submit(definition) } }
                try await group.waitForAll()
            }
            var listed: [Operation] = []
            var query = ListQuery(pageSize: 7)
            repeat {
                let page = try await test.store.list(query)
                #expect(page.operations.count <= 7)
                listed += page.operations
                query.pageToken = page.nextPageToken
            } while query.pageToken != nil
            #expect(listed.count == 300)
            #expect(Set(listed.map(\.id)).count == 300)
            #expect(zip(listed, listed.dropFirst()).allSatisfy { $0.createdAt >= $1.createdAt })
            #expect(Set(listed.map(\.createdAt)).count < 300, "no two of one millisecond, so nothing is proved")
        }
    }

    @Test("only what was asked for is listed")
    func filters() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let done = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            var foreign = test.submission(definition, id: .random())
            foreign.tenant = "stranger"
            _ = try await test.store.submit(foreign)
            let failed = try await test.submit(definition)
            for message in try await test.claim(10) where message.message.operation == failed.id {
                guard case .begun(let lease, let begun)? = try await test.store.begin([message], with: test.options(definition)).first
                else {
                    throw Unexpected(what: "not begun")
                }
                _ = try await test.settle(definition, lease, begun, .failed(Problem(type: "t", title: "t"), retry: .never))
            }
            let other = try await test.submit(Definition(type: "other", steps: definition.steps))

            let list = { (change: (inout ListQuery) -> Void) async throws in
                var query = ListQuery()
                change(&query)
                return Set(try await test.store.list(query).operations.map(\.id))
            }
            #expect(try await list { _ in } == [done.id, failed.id, other.id])
            #expect(try await list { $0.tenant = "stranger" } == [foreign.id])
            #expect(try await list { $0.status = .succeeded } == [done.id])
            #expect(try await list { $0.status = .notStarted } == [other.id])
            #expect(try await list { $0.type = "other" } == [other.id])
            #expect(try await list { $0.needsAttention = true } == [failed.id])
            let held = try await test.hold()
            #expect(try await list { $0.needsAttention = true } == [failed.id, held.id])
            #expect(
                try await list {
                    $0.needsAttention = true
                    $0.createdAfter = held.createdAt
                }.isEmpty,
                "it needs attention since later, but was accepted before"
            )
            #expect(try await list { $0.createdAfter = 0 } == [done.id, failed.id, other.id, held.id])
            #expect(try await list { $0.createdAfter = held.createdAt }.isEmpty)
        }
    }

    @Test("a token that is not ours is refused", arguments: ["", "x", "1", "1.", "1.-", "a.b", "1. 2"])
    func tokens(token: String) async throws {
        try await TestStore.run { test in
            var query = ListQuery()
            query.pageToken = token
            let error = await #expect(throws: StoreError.self) { _ = try await test.store.list(query) }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("what has ended can be forgotten, what has not cannot")
    func delete() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            #expect(try await test.store.delete(accepted.id) == .notEnded)
            let (lease, begun) = try await test.begin(definition)
            #expect(try await test.store.delete(accepted.id) == .notEnded)
            _ = try await test.settle(definition, lease, begun, .failed(Problem(type: "t", title: "t"), retry: .never))
            #expect(try await test.store.delete(accepted.id) == .deleted)
            #expect(try await test.store.delete(accepted.id) == .absent)
            #expect(try await test.store.read(accepted.id, withEvents: true) == nil)
            for index in ["live", "ended", "attention"] {
                #expect(try await test.client.send(.init("ZCARD", "\(test.namespace):{0}:\(index)")).integer == 0)
            }
        }
    }
}
