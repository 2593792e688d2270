import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Deliveries in Redis", .redis)
struct DeliveryTests {
    private static let definition = Definition.chain("work")
    private static let failed = DeliveryOutcome(.again(after: 0), status: 500, fault: nil, pause: 0)

    /// An operation with a callback, submitted and moved to the queue of its receiver.
    @discardableResult
    private func submit(
        _ test: TestStore,
        _ url: String = "https://a.example/hook",
        events: [Event.Kind] = [.accepted]
    ) async throws -> OperationID {
        let id = OperationID.random()
        var submission = test.submission(Self.definition, id: id)
        submission.callback = Callback(url: try WebhookURL(url), events: events)
        _ = try await test.store.submit(submission)
        _ = try await test.store.route(limit: 100, to: [])
        return id
    }

    private func claim(_ test: TestStore, limit: Int = 10, lease: Milliseconds = 60_000) async throws -> [ClaimedDelivery] {
        var claims: [ClaimedDelivery] = []
        for receiver in try await test.store.dueReceivers(limit: 10).receivers {
            claims += try await test.store.claim(receiver, configured: nil, limit: limit, lease: lease)
        }
        return claims
    }

    private func only(_ test: TestStore, _ id: OperationID) async throws -> Delivery {
        let ledger = try #require(try await test.store.ledger(of: id))
        try #require(ledger.deliveries.count == 1)
        return ledger.deliveries[0]
    }

    @Test("what nobody wants to be told of puts nothing on the stream")
    func nobody() async throws {
        try await TestStore.run { test in
            _ = try await test.submit(Self.definition)
            let (lease, begun) = try await test.begin(Self.definition)
            _ = try await test.settle(Self.definition, lease, begun, .succeeded(.null))
            let keys = try await test.client.send(RedisCommand("KEYS", test.namespace + "*deliver*")).count
            #expect(keys == 0)
        }
    }

    @Test("a callback is told of the end by default, and of each chosen event, whichever script appends it")
    func events() async throws {
        try await TestStore.run { test in
            let chosen = try await submit(test, events: [.accepted, .started, .stepStarted, .stepSucceeded, .succeeded])
            let (lease, begun) = try await test.begin(Self.definition)
            _ = try await test.settle(Self.definition, lease, begun, .succeeded(.null))
            let usual = try await submit(test, events: Event.Kind.terminal)
            let current = try await test.current(usual)
            _ = try await test.store.amend(
                current,
                with: Decisions(Self.definition, version: Self.definition.version).cancel(current) ?? Transition()
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
        try await TestStore.run(configure: { $0.told = [.accepted] }) { test in
            let accepted = try await test.submit(Self.definition)
            let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            let endpoint = WebhookEndpoint(
                name: "billing",
                url: try WebhookURL("https://b.example/"),
                events: [.accepted, .succeeded],
                secrets: [secret]
            )
            let moved = try await test.store.route(limit: 100, to: [endpoint])
            #expect(moved == 1)
            let delivery = try await only(test, accepted.id)
            #expect(delivery.endpoint == "billing" && delivery.url == nil && delivery.state == .pending)
        }
    }

    @Test("an event is moved once, however many processes route")
    func routedOnce() async throws {
        try await TestStore.run { test in
            var submission = test.submission(Self.definition, id: .random())
            submission.callback = Callback(url: try WebhookURL("https://a.example/hook"), events: [.accepted])
            _ = try await test.store.submit(submission)
            let moved = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await test.store.route(limit: 100, to: []) } }
                return try await group.reduce(0, +)
            }
            #expect(moved == 1)
            _ = try await only(test, submission.id)
        }
    }

    @Test("one claims it at a time; after the lease another does, and what the first came to is not written any more")
    func fenced() async throws {
        try await TestStore.run { test in
            let id = try await submit(test)
            let first = try #require(try await claim(test, lease: 1).first)
            var second: ClaimedDelivery?
            while second == nil { second = try await claim(test, lease: 60_000).first }
            let other = try #require(second)
            let none = try await claim(test)
            #expect(none.isEmpty)
            #expect(other.epoch > first.epoch && other.webhookID == first.webhookID)
            let done = DeliveryOutcome(.delivered, status: 204, fault: nil, pause: nil)
            let isOld = try await test.store.settle(first, Self.failed)
            let isNew = try await test.store.settle(other, done)
            #expect(!isOld && isNew)
            let delivery = try await only(test, id)
            #expect(delivery.state == .delivered && delivery.tries.map(\.status) == [204] && delivery.nextTry == nil)
        }
    }

    @Test("what failed comes again when it is due, and each try is written down")
    func again() async throws {
        try await TestStore.run { test in
            let id = try await submit(test)
            let first = try #require(try await claim(test).first)
            _ = try await test.store.settle(first, DeliveryOutcome(.again(after: 3_600_000), status: nil, fault: "No answer.", pause: 0))
            let none = try await claim(test)
            #expect(none.isEmpty)
            let delivery = try await only(test, id)
            #expect(delivery.state == .pending && delivery.tries.map(\.fault) == ["No answer."])
            #expect((delivery.nextTry ?? 0) > delivery.event.time)
            let due = try await test.store.dueReceivers(limit: 10)
            #expect(due.receivers.isEmpty && (due.next ?? 0) > 3_000_000)
        }
    }

    @Test("a receiver that is to be left alone is, with all that is for it; others are not")
    func paused() async throws {
        try await TestStore.run { test in
            try await submit(test)
            let first = try #require(try await claim(test).first)
            _ = try await test.store.settle(first, DeliveryOutcome(.again(after: 0), status: 429, fault: nil, pause: 3_600_000))
            try await submit(test)
            try await submit(test, "https://b.example/")
            let claims = try await claim(test)
            #expect(claims.map(\.endpoint) == ["b.example/443"])
        }
    }

    @Test("a receiver that fails in a row is probed with one delivery at a time, until one succeeds")
    func probed() async throws {
        try await TestStore.run { test in
            for _ in 0..<7 { try await submit(test) }
            for claim in try await claim(test, limit: 5) { _ = try await test.store.settle(claim, Self.failed) }
            let probe = try await claim(test)
            #expect(probe.count == 1)
            let none = try await claim(test)
            #expect(none.isEmpty)
            _ = try await test.store.settle(try #require(probe.first), DeliveryOutcome(.delivered, status: 200, fault: nil, pause: nil))
            let rest = try await claim(test)
            #expect(rest.count == 6)
        }
    }

    @Test("410 ends all that the callback of an operation would be told, until it is replayed")
    func gone() async throws {
        try await TestStore.run { test in
            let id = try await submit(test, events: [.accepted, .canceled])
            let first = try #require(try await claim(test).first)
            _ = try await test.store.settle(first, DeliveryOutcome(.disabled(configured: nil), status: 410, fault: nil, pause: 0))
            let current = try await test.current(id)
            _ = try await test.store.amend(
                current,
                with: Decisions(Self.definition, version: Self.definition.version).cancel(current) ?? Transition()
            )
            _ = try await test.store.route(limit: 10, to: [])
            let ledger = try #require(try await test.store.ledger(of: id))
            #expect(ledger.deliveries.map(\.state) == [.disabled, .disabled])
            let answer = try await test.store.replay(1, of: id)
            #expect(answer == .replayed)
            let again = try await claim(test)
            #expect(again.map(\.number) == [1] && again.map(\.tries) == [0] && again.first?.webhookID == first.webhookID)
        }
    }

    @Test("410 disables a configured receiver under its URL")
    func configuredGone() async throws {
        try await TestStore.run(configure: { $0.told = [.accepted] }) { test in
            let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            let url = "https://b.example/"
            let endpoint = WebhookEndpoint(name: "billing", url: try WebhookURL(url), events: [.accepted], secrets: [secret])
            var ids: [OperationID] = []
            for _ in 0..<2 { ids.append(try await test.submit(Self.definition).id) }
            _ = try await test.store.route(limit: 10, to: [endpoint])
            let receiver = DueReceivers.Receiver(name: "billing", partition: 0)
            let first = try #require(try await test.store.claim(receiver, configured: url, limit: 1, lease: 60_000).first)
            _ = try await test.store.settle(first, DeliveryOutcome(.disabled(configured: url), status: 410, fault: nil, pause: 0))
            let none = try await test.store.claim(receiver, configured: url, limit: 5, lease: 60_000)
            #expect(none.isEmpty)
            let second = try await only(test, try #require(ids.last == first.operation ? ids.first : ids.last))
            #expect(second.state == .disabled)
        }
    }

    @Test("the state of health warns of a receiver that wants nothing more, until its URL is changed, and of one that fails in a row")
    func receiverFindings() async throws {
        let (old, new) = ("https://b.example/", "https://c.example/")
        let namespace = RedisServer.freshNamespace()
        let place = (try #require(RedisFixture.current).url, namespace)
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        /// What is said of the receiver at `url` once `count` more deliveries to it have come to `fate`.
        @Sendable func findings(_ url: String, after count: Int, _ fate: DeliveryOutcome.Fate) async throws -> [StoreHealth.Finding] {
            let configure: (inout RedisStore.Configuration) -> Void = {
                $0.told = [.accepted]
                $0.receivers = ["billing": url]
            }
            return try await TestStore.run(at: place, configure: configure) { test in
                let endpoint = WebhookEndpoint(name: "billing", url: try WebhookURL(url), events: [.accepted], secrets: [secret])
                for _ in 0..<count { _ = try await test.submit(Self.definition) }
                _ = try await test.store.route(limit: 10, to: [endpoint])
                let receiver = DueReceivers.Receiver(name: "billing", partition: 0)
                for claim in try await test.store.claim(receiver, configured: url, limit: 10, lease: 60_000) {
                    _ = try await test.store.settle(claim, DeliveryOutcome(fate, status: 410, fault: nil, pause: 0))
                }
                return await test.store.health().findings.filter { $0.subject == .webhooks }
            }
        }
        let gone = try await findings(old, after: 1, .disabled(configured: old))
        #expect(gone.map(\.severity) == [.warning] && gone.first?.words.contains("billing answered 410") == true)
        let changed = try await findings(new, after: 0, .exhausted)
        #expect(changed.isEmpty)
        let failing = try await findings(new, after: 5, .exhausted)
        #expect(failing.first?.words.contains("billing failed 6 times in a row") == true)
    }

    @Test("what piles up for a dead receiver is exhausted when it is older than the schedule is long; replayed, it is tried again")
    func backlog() async throws {
        try await TestStore.run { test in
            var ids: [OperationID] = []
            for _ in 0..<30 { ids.append(try await submit(test)) }
            for claim in try await claim(test, limit: 5) { _ = try await test.store.settle(claim, Self.failed) }
            // All but the last three are old.
            for id in ids.dropLast(3) {
                _ = try await test.client.send(RedisCommand("HSET", "\(test.namespace):{0}:ledger:\(id)", "1:since", "1000"))
            }
            let probe = try await claim(test, limit: 8)
            let probed = try #require(probe.first).operation
            #expect(probe.count == 1 && ids.suffix(3).contains(probed))
            for id in ids.dropLast(3) {
                let delivery = try await only(test, id)
                #expect(delivery.state == .exhausted && delivery.nextTry == nil)
            }
            #expect(try await test.store.replay(1, of: ids[0]) == .replayed)
            #expect(try await only(test, ids[0]).state == .pending)
        }
    }

    @Test("410 of a configured receiver is remembered for good, whatever tries that were under way come to")
    func goneStays() async throws {
        try await TestStore.run(configure: { $0.told = [.accepted] }) { test in
            let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            let url = "https://b.example/"
            let endpoint = WebhookEndpoint(name: "billing", url: try WebhookURL(url), events: [.accepted], secrets: [secret])
            for _ in 0..<4 { _ = try await test.submit(Self.definition) }
            _ = try await test.store.route(limit: 10, to: [endpoint])
            let receiver = DueReceivers.Receiver(name: "billing", partition: 0)
            let claims = try await test.store.claim(receiver, configured: url, limit: 3, lease: 60_000)
            let outcomes = [
                DeliveryOutcome(.disabled(configured: url), status: 410, fault: nil, pause: 0), Self.failed,
                DeliveryOutcome(.delivered, status: 200, fault: nil, pause: nil),
            ]
            for (claim, outcome) in zip(claims, outcomes) { _ = try await test.store.settle(claim, outcome) }
            let state = "\(test.namespace):{0}:receiver-state:billing"
            #expect(try await test.client.send(RedisCommand("HGET", state, "gone")).string == url)
            #expect(try await test.client.send(RedisCommand("PTTL", state)).integer == -1)
            let none = try await test.store.claim(receiver, configured: url, limit: 3, lease: 60_000)
            #expect(none.isEmpty)
        }
    }

    @Test("events that cannot be read do not hold up those behind them, however many they are")
    func manyUnreadable() async throws {
        try await TestStore.run { test in
            for _ in 0..<25 { _ = try await test.client.send(RedisCommand("XADD", "\(test.namespace):{0}:deliveries", "*", "newer", "x")) }
            var submission = test.submission(Self.definition, id: .random())
            submission.callback = Callback(url: try WebhookURL("https://a.example/hook"), events: [.accepted])
            _ = try await test.store.submit(submission)
            #expect(try await test.store.route(limit: 10, to: []) == 1)
        }
    }

    @Test("pages of ledgers skip nothing that moves on while they are read")
    func movingLedgers() async throws {
        try await TestStore.run { test in
            var ids: Set<OperationID> = []
            for _ in 0..<25 { ids.insert(try await submit(test)) }
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
            let id = try await submit(test)
            let claims = try await claim(test)
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
            let id = try await submit(test)
            let current = try await test.current(id)
            _ = try await test.store.amend(
                current,
                with: Decisions(Self.definition, version: Self.definition.version).cancel(current) ?? Transition()
            )
            let answer = try await test.store.forget(id)
            #expect(answer == .forgotten)
            let claims = try await claim(test)
            let ledger = try await test.store.ledger(of: id)
            #expect(claims.isEmpty && ledger == nil)
        }
    }

    @Test("several partitions deliver side by side, and a round over the ledgers goes through all of them")
    func partitions() async throws {
        try await TestStore.run(configure: { $0.partitions = 3 }) { test in
            var ids: Set<OperationID> = []
            for _ in 0..<30 { ids.insert(try await submit(test)) }
            var claimed: Set<OperationID> = []
            for claim in try await claim(test, limit: 30) { claimed.insert(claim.operation) }
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
            let id = try await submit(test)
            _ = try await only(test, id)
        }
    }

    @Test("every field of a ledger has a row in docs/redis-keys.md")
    func fields() async throws {
        try await TestStore.run { test in
            let id = try await submit(test)
            for outcome in [Self.failed, DeliveryOutcome(.disabled(configured: nil), status: 410, fault: "x", pause: 0)] {
                let claim = try #require(try await claim(test).first)
                _ = try await test.store.settle(claim, outcome)
            }
            let listed = Set(try Document("redis-keys.md").rows("The ledger of an operation's deliveries").map { $0[0] })
            for field in try await test.client.send(RedisCommand("HKEYS", test.namespace + ":{0}:ledger:\(id)")).compactMap(\.string) {
                let row = field.replacing(#/^\d+:/#, with: "<n>:").replacing(#/try:\d+$/#, with: "try:<k>")
                #expect(listed.contains(row), "\(field)")
            }
            for field in LedgerFields.Delivery.allCases { #expect(listed.contains("<n>:" + field.rawValue)) }
        }
    }

    @Test("notices tell that something is to be delivered")
    func notices() async throws {
        try await TestStore.run { test in
            var notices = test.store.deliveryNotices().makeAsyncIterator()
            _ = await notices.next()
            try await submit(test)
            let isTold = await notices.next() != nil
            #expect(isTold)
        }
    }
}
