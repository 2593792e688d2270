package import Stepstream

/// The ledgers of deliveries, and replays of them, however they are asked for.
package struct DeliveryActions: Sendable {
    package let store: any DeliveryStore
    package let operations: any OperationReader

    /// How many operations one replay of a span of time looks at.
    private static let page = 100

    /// The ledger of the operation called `id`. It outlives its operation; others' are answered exactly like unknown ones.
    package func ledger(_ id: String?, of caller: Caller) async throws -> (OperationID, DeliveryLedger) {
        guard let id = id.flatMap(OperationID.init) else { throw RequestProblem.unknownOperation }
        if let ledger = try await store.ledger(of: id) {
            guard ledger.tenant == caller.tenant else { throw RequestProblem.unknownOperation }
            return (id, ledger)
        }
        let operation = try await operations.operation(id.text, of: caller)
        return (id, DeliveryLedger(tenant: operation.tenant, deliveries: [], dropped: 0))
    }

    /// Has a delivery tried again from the first try on; answers the ledger after it.
    package func replay(_ number: String?, of id: String?, as caller: Caller) async throws -> (OperationID, DeliveryLedger) {
        let (id, ledger) = try await ledger(id, of: caller)
        guard let number = number.flatMap({ Int($0) }), ledger.deliveries.contains(where: { $0.number == number }) else {
            throw RequestProblem(.notFound, "This operation has no delivery with this number.")
        }
        switch try await store.replay(number, of: id) {
        case .replayed: break
        case .held: throw RequestProblem(.conflict, "This delivery is being attempted right now.")
        case .absent: throw RequestProblem(.notFound, "This operation no longer has a delivery with this number.")
        }
        return (id, try await store.ledger(of: id) ?? ledger)
    }

    /// Has deliveries of a span of time tried again: how many there were, and where to go on.
    package func replay(_ wanted: ReplayRequest, as caller: Caller) async throws -> (count: Int, next: String?) {
        let page = try await store.ledgers(since: wanted.from, after: wanted.pageToken, limit: Self.page)
        var replayed = 0
        for id in page.operations {
            guard let ledger = try await store.ledger(of: id), ledger.tenant == caller.tenant else { continue }
            for delivery in ledger.deliveries where wanted.covers(delivery) {
                if try await store.replay(delivery.number, of: id) == .replayed { replayed += 1 }
            }
        }
        return (replayed, page.nextToken)
    }
}
