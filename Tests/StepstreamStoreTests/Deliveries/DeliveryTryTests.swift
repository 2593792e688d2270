import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Deliveries in Redis: claimed and tried", .redis)
struct DeliveryTryTests {
    @Test("one claims it at a time; after the lease another does, and what the first came to is not written any more")
    func fenced() async throws {
        try await TestStore.run { test in
            let id = try await test.submitWatched()
            let first = try #require(try await test.claimDeliveries(lease: 1).first)
            var second: ClaimedDelivery?
            while second == nil { second = try await test.claimDeliveries(lease: 60_000).first }
            let other = try #require(second)
            let none = try await test.claimDeliveries()
            #expect(none.isEmpty)
            #expect(other.epoch > first.epoch && other.webhookID == first.webhookID)
            let done = DeliveryOutcome(.delivered, status: 204, fault: nil, pause: nil)
            let isOld = try await test.store.settle(first, as: DeliverySample.failed)
            let isNew = try await test.store.settle(other, as: done)
            #expect(!isOld && isNew)
            let delivery = try await test.onlyDelivery(of: id)
            #expect(delivery.state == .delivered && delivery.tries.map(\.status) == [204] && delivery.nextTry == nil)
        }
    }

    @Test("what failed comes again when it is due, and each try is written down")
    func again() async throws {
        try await TestStore.run { test in
            let id = try await test.submitWatched()
            let first = try #require(try await test.claimDeliveries().first)
            _ = try await test.store.settle(
                first,
                as: DeliveryOutcome(.again(after: 3_600_000), status: nil, fault: "No answer.", pause: 0)
            )
            let none = try await test.claimDeliveries()
            #expect(none.isEmpty)
            let delivery = try await test.onlyDelivery(of: id)
            #expect(delivery.state == .pending && delivery.tries.map(\.fault) == ["No answer."])
            #expect((delivery.nextTry ?? 0) > delivery.event.time)
            let due = try await test.store.dueReceivers(limit: 10)
            #expect(due.receivers.isEmpty && (due.next ?? 0) > 3_000_000)
        }
    }

    @Test("a receiver that is to be left alone is, with all that is for it; others are not")
    func paused() async throws {
        try await TestStore.run { test in
            try await test.submitWatched()
            let first = try #require(try await test.claimDeliveries().first)
            _ = try await test.store.settle(first, as: DeliveryOutcome(.again(after: 0), status: 429, fault: nil, pause: 3_600_000))
            try await test.submitWatched()
            try await test.submitWatched("https://b.example/")
            let claims = try await test.claimDeliveries()
            #expect(claims.map(\.endpoint) == ["b.example/443"])
        }
    }

    @Test("a receiver that fails in a row is probed with one delivery at a time, until one succeeds")
    func probed() async throws {
        try await TestStore.run { test in
            for _ in 0..<7 { try await test.submitWatched() }
            for claim in try await test.claimDeliveries(limit: 5) { _ = try await test.store.settle(claim, as: DeliverySample.failed) }
            let probe = try await test.claimDeliveries()
            #expect(probe.count == 1)
            let none = try await test.claimDeliveries()
            #expect(none.isEmpty)
            _ = try await test.store.settle(try #require(probe.first), as: DeliveryOutcome(.delivered, status: 200, fault: nil, pause: nil))
            let rest = try await test.claimDeliveries()
            #expect(rest.count == 6)
        }
    }

    @Test("what piles up for a dead receiver is exhausted when it is older than the schedule is long; replayed, it is tried again")
    func backlog() async throws {
        try await TestStore.run { test in
            var ids: [OperationID] = []
            for _ in 0..<30 { ids.append(try await test.submitWatched()) }
            for claim in try await test.claimDeliveries(limit: 5) { _ = try await test.store.settle(claim, as: DeliverySample.failed) }
            // All but the last three are old.
            for id in ids.dropLast(3) {
                _ = try await test.client.send(RedisCommand("HSET", "\(test.namespace):{0}:ledger:\(id)", "1:since", "1000"))
            }
            let probe = try await test.claimDeliveries(limit: 8)
            let probed = try #require(probe.first).operation
            #expect(probe.count == 1 && ids.suffix(3).contains(probed))
            for id in ids.dropLast(3) {
                let delivery = try await test.onlyDelivery(of: id)
                #expect(delivery.state == .exhausted && delivery.nextTry == nil)
            }
            #expect(try await test.store.replay(1, of: ids[0]) == .replayed)
            #expect(try await test.onlyDelivery(of: ids[0]).state == .pending)
        }
    }
}
