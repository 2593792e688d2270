import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Deliveries in Redis: on their way to receivers", .redis)
struct DeliveryRoutingTests {
    @Test("what nobody wants to be told of puts nothing on the stream")
    func nobody() async throws {
        try await TestStore.run { test in
            _ = try await test.submit(DeliverySample.definition)
            let (lease, begun) = try await test.begin(DeliverySample.definition)
            _ = try await test.settle(DeliverySample.definition, lease, begun, .succeeded(.null))
            let keys = try await test.client.send(RedisCommand("KEYS", test.namespace + "*deliver*")).count
            #expect(keys == 0)
        }
    }

    @Test("a callback is told of the end by default, and of each chosen event, whichever script appends it")
    func events() async throws {
        try await TestStore.run { test in
            let chosen = try await test.submitWatched(events: [.accepted, .started, .stepStarted, .stepSucceeded, .succeeded])
            let (lease, begun) = try await test.begin(DeliverySample.definition)
            _ = try await test.settle(DeliverySample.definition, lease, begun, .succeeded(.null))
            let usual = try await test.submitWatched(events: Event.Kind.terminal)
            let current = try await test.current(usual)
            _ = try await test.store.apply(
                Decisions(DeliverySample.definition, version: DeliverySample.definition.version).cancel(current) ?? Transition(),
                to: current
            )
            _ = try await test.store.route(limit: 100, to: [])
            let all = try #require(try await test.store.ledger(of: chosen))
            #expect(all.deliveries.map(\.event.kind) == [.accepted, .started, .stepStarted, .stepSucceeded, .succeeded])
            #expect(all.deliveries.map(\.number) == [1, 2, 3, 4, 5])
            let told = try #require(try await test.store.ledger(of: usual))
            #expect(told.deliveries.map(\.event.kind) == [.canceled])
        }
    }

    @Test("configured receivers are told of all operations, by the kinds of events the process was given")
    func configured() async throws {
        try await TestStore.run(configure: { $0.webhookEvents = [.accepted] }) { test in
            let accepted = try await test.submit(DeliverySample.definition)
            let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            let endpoint = WebhookEndpoint(
                name: "billing",
                url: try WebhookURL("https://b.example/"),
                events: [.accepted, .succeeded],
                secrets: [secret]
            )
            let moved = try await test.store.route(limit: 100, to: [endpoint])
            #expect(moved == 1)
            let delivery = try await test.onlyDelivery(of: accepted.id)
            #expect(delivery.endpoint == "billing" && delivery.url == nil && delivery.state == .pending)
        }
    }

    @Test("an event is moved once, however many processes route")
    func routedOnce() async throws {
        try await TestStore.run { test in
            var submission = test.submission(DeliverySample.definition, id: .random())
            submission.callback = Callback(url: try WebhookURL("https://a.example/hook"), events: [.accepted])
            _ = try await test.store.submit(submission)
            let moved = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await test.store.route(limit: 100, to: []) } }
                return try await group.reduce(0, +)
            }
            #expect(moved == 1)
            _ = try await test.onlyDelivery(of: submission.id)
        }
    }

    @Test("several partitions deliver side by side, and a round over the ledgers goes through all of them")
    func partitions() async throws {
        try await TestStore.run(configure: { $0.partitions = 3 }) { test in
            var ids: Set<OperationID> = []
            for _ in 0..<30 { ids.insert(try await test.submitWatched()) }
            var claimed: Set<OperationID> = []
            for claim in try await test.claimDeliveries(limit: 30) { claimed.insert(claim.operation) }
            #expect(claimed == ids)
            var found: Set<OperationID> = []
            var page = try await test.store.ledgers(since: 0, after: nil, limit: 7)
            found.formUnion(page.operations)
            while let token = page.nextToken {
                page = try await test.store.ledgers(since: 0, after: token, limit: 7)
                found.formUnion(page.operations)
            }
            #expect(found == ids)
        }
    }

    @Test("what cannot be read holds nothing up")
    func unreadable() async throws {
        try await TestStore.run { test in
            _ = try await test.client.send(RedisCommand("XADD", test.namespace + ":{0}:deliveries", "*", "operation", "?"))
            let id = try await test.submitWatched()
            _ = try await test.onlyDelivery(of: id)
        }
    }

    @Test("events that cannot be read do not hold up those behind them, however many they are")
    func manyUnreadable() async throws {
        try await TestStore.run { test in
            for _ in 0..<25 { _ = try await test.client.send(RedisCommand("XADD", "\(test.namespace):{0}:deliveries", "*", "newer", "x")) }
            var submission = test.submission(DeliverySample.definition, id: .random())
            submission.callback = Callback(url: try WebhookURL("https://a.example/hook"), events: [.accepted])
            _ = try await test.store.submit(submission)
            #expect(try await test.store.route(limit: 10, to: []) == 1)
        }
    }

    @Test("notices tell that something is to be delivered")
    func notices() async throws {
        try await TestStore.run { test in
            var notices = test.store.deliveryNotices().makeAsyncIterator()
            _ = await notices.next()
            try await test.submitWatched()
            let isTold = await notices.next() != nil
            #expect(isTold)
        }
    }
}
