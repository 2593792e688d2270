import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Deliveries in Redis: receivers that are gone", .redis)
struct GoneReceiverTests {
    @Test("410 ends all that the callback of an operation would be told, until it is replayed")
    func gone() async throws {
        try await TestStore.run { test in
            let id = try await test.submitWatched(events: [.accepted, .canceled])
            let first = try #require(try await test.claimDeliveries().first)
            _ = try await test.store.settle(first, as: DeliveryOutcome(.disabled(configured: nil), status: 410, fault: nil, pause: 0))
            let current = try await test.current(id)
            _ = try await test.store.apply(
                Decisions(DeliverySample.definition, version: DeliverySample.definition.version).cancel(current) ?? Transition(),
                to: current
            )
            _ = try await test.store.route(limit: 10, to: [])
            let ledger = try #require(try await test.store.ledger(of: id))
            #expect(ledger.deliveries.map(\.state) == [.disabled, .disabled])
            let answer = try await test.store.replay(1, of: id)
            #expect(answer == .replayed)
            let again = try await test.claimDeliveries()
            #expect(again.map(\.number) == [1] && again.map(\.tries) == [0] && again.first?.webhookID == first.webhookID)
        }
    }

    @Test("410 disables a configured receiver under its URL")
    func configuredGone() async throws {
        try await TestStore.run(configure: { $0.webhookEvents = [.accepted] }) { test in
            let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            let url = "https://b.example/"
            let endpoint = WebhookEndpoint(name: "billing", url: try WebhookURL(url), events: [.accepted], secrets: [secret])
            var ids: [OperationID] = []
            for _ in 0..<2 { ids.append(try await test.submit(DeliverySample.definition).id) }
            _ = try await test.store.route(limit: 10, to: [endpoint])
            let receiver = DueReceivers.Receiver(name: "billing", partition: 0)
            let first = try #require(try await test.store.claim(receiver, configured: url, limit: 1, lease: 60_000).first)
            _ = try await test.store.settle(first, as: DeliveryOutcome(.disabled(configured: url), status: 410, fault: nil, pause: 0))
            let none = try await test.store.claim(receiver, configured: url, limit: 5, lease: 60_000)
            #expect(none.isEmpty)
            let second = try await test.onlyDelivery(of: try #require(ids.last == first.operation ? ids.first : ids.last))
            #expect(second.state == .disabled)
        }
    }

    @Test("410 of a configured receiver is remembered for good, whatever tries that were under way come to")
    func goneStays() async throws {
        try await TestStore.run(configure: { $0.webhookEvents = [.accepted] }) { test in
            let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            let url = "https://b.example/"
            let endpoint = WebhookEndpoint(name: "billing", url: try WebhookURL(url), events: [.accepted], secrets: [secret])
            for _ in 0..<4 { _ = try await test.submit(DeliverySample.definition) }
            _ = try await test.store.route(limit: 10, to: [endpoint])
            let receiver = DueReceivers.Receiver(name: "billing", partition: 0)
            let claims = try await test.store.claim(receiver, configured: url, limit: 3, lease: 60_000)
            let outcomes = [
                DeliveryOutcome(.disabled(configured: url), status: 410, fault: nil, pause: 0), DeliverySample.failed,
                DeliveryOutcome(.delivered, status: 200, fault: nil, pause: nil),
            ]
            for (claim, outcome) in zip(claims, outcomes) { _ = try await test.store.settle(claim, as: outcome) }
            let state = "\(test.namespace):{0}:receiver-state:billing"
            #expect(try await test.client.send(RedisCommand("HGET", state, "gone")).string == url)
            #expect(try await test.client.send(RedisCommand("PTTL", state)).integer == -1)
            let none = try await test.store.claim(receiver, configured: url, limit: 3, lease: 60_000)
            #expect(none.isEmpty)
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
                $0.webhookEvents = [.accepted]
                $0.receivers = ["billing": url]
            }
            return try await TestStore.run(at: place, configure: configure) { test in
                let endpoint = WebhookEndpoint(name: "billing", url: try WebhookURL(url), events: [.accepted], secrets: [secret])
                for _ in 0..<count { _ = try await test.submit(DeliverySample.definition) }
                _ = try await test.store.route(limit: 10, to: [endpoint])
                let receiver = DueReceivers.Receiver(name: "billing", partition: 0)
                for claim in try await test.store.claim(receiver, configured: url, limit: 10, lease: 60_000) {
                    _ = try await test.store.settle(claim, as: DeliveryOutcome(fate, status: 410, fault: nil, pause: 0))
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
}
