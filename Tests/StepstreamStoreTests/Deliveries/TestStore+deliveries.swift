import Stepstream
import Testing

@testable import StepstreamStore

/// What the tests of deliveries submit, and what comes of a try.
enum DeliverySample {
    static let definition = Definition.chain("work")
    static let failed = DeliveryOutcome(.again(after: 0), status: 500, fault: nil, pause: 0)
}

extension TestStore {
    /// An operation with a callback, submitted and moved to the queue of its receiver.
    @discardableResult
    func submitWatched(_ url: String = "https://a.example/hook", events: [Event.Kind] = [.accepted]) async throws -> OperationID {
        let id = OperationID.random()
        var submission = submission(DeliverySample.definition, id: id)
        submission.callback = Callback(url: try WebhookURL(url), events: events)
        _ = try await store.submit(submission)
        _ = try await store.route(limit: 100, to: [])
        return id
    }

    /// What is due of all receivers.
    func claimDeliveries(limit: Int = 10, lease: Milliseconds = 60_000) async throws -> [ClaimedDelivery] {
        var claims: [ClaimedDelivery] = []
        for receiver in try await store.dueReceivers(limit: 10).receivers {
            claims += try await store.claim(receiver, configured: nil, limit: limit, lease: lease)
        }
        return claims
    }

    /// The one delivery of an operation.
    func onlyDelivery(of id: OperationID) async throws -> Delivery {
        let ledger = try #require(try await store.ledger(of: id))
        try #require(ledger.deliveries.count == 1)
        return ledger.deliveries[0]
    }
}
