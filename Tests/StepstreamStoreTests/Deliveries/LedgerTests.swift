import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Ledgers of deliveries", .redis)
struct LedgerTests {
    @Test("pages of ledgers skip nothing that moves on while they are read")
    func movingLedgers() async throws {
        try await TestStore.run { test in
            var ids: Set<OperationID> = []
            for _ in 0..<25 { ids.insert(try await test.submitWatched()) }
            var found: Set<OperationID> = []
            var token: String?
            var rounds = 0
            repeat {
                let page = try await test.store.ledgers(since: 0, after: token, limit: 10)
                found.formUnion(page.operations)
                token = page.nextToken
                rounds += 1
                // Something happens to those that were just told.
                for id in page.operations.prefix(rounds == 1 ? 5 : 0) {
                    _ = try await test.client.send(RedisCommand("ZADD", "\(test.namespace):{0}:ledgers", "9999999999999", id.text))
                }
            } while token != nil
            #expect(found == ids && rounds <= 4)
        }
    }

    @Test("a delivery that is being tried is not replayed; one that does not exist is absent")
    func replayed() async throws {
        try await TestStore.run { test in
            let id = try await test.submitWatched()
            let claims = try await test.claimDeliveries()
            #expect(claims.count == 1)
            let held = try await test.store.replay(1, of: id)
            let absent = try await test.store.replay(2, of: id)
            #expect(held == .held && absent == .absent)
            let page = try await test.store.ledgers(since: 0, after: nil, limit: 10)
            #expect(page.operations == [id] && page.nextToken == nil)
        }
    }

    @Test("a forgotten operation is delivered no more")
    func forgotten() async throws {
        try await TestStore.run { test in
            let id = try await test.submitWatched()
            let current = try await test.current(id)
            _ = try await test.store.apply(
                Decisions(DeliverySample.definition, version: DeliverySample.definition.version).cancel(current) ?? Transition(),
                to: current
            )
            let answer = try await test.store.delete(id)
            #expect(answer == .deleted)
            let claims = try await test.claimDeliveries()
            let ledger = try await test.store.ledger(of: id)
            #expect(claims.isEmpty && ledger == nil)
        }
    }

    @Test("every field of a ledger has a row in docs/redis-keys.md")
    func fields() async throws {
        try await TestStore.run { test in
            let id = try await test.submitWatched()
            for outcome in [DeliverySample.failed, DeliveryOutcome(.disabled(configured: nil), status: 410, fault: "x", pause: 0)] {
                let claim = try #require(try await test.claimDeliveries().first)
                _ = try await test.store.settle(claim, as: outcome)
            }
            let listed = Set(try Document("redis-keys.md").rows("The ledger of an operation's deliveries").map { $0[0] })
            for field in try await test.client.send(RedisCommand("HKEYS", test.namespace + ":{0}:ledger:\(id)")).compactMap(\.string) {
                let row = field.replacing(#/^\d+:/#, with: "<n>:").replacing(#/try:\d+$/#, with: "try:<k>")
                #expect(listed.contains(row), "\(field)")
            }
            for field in LedgerFields.Delivery.allCases { #expect(listed.contains("<n>:" + field.rawValue)) }
        }
    }
}
