import Hummingbird
import Stepstream

/// `/v1/operations/{id}/deliveries` and `/v1/deliveries:replay`: what receivers of webhooks were told, and telling them again.
struct DeliveryRoutes: Sendable {
    let store: any DeliveryStore
    let operations: RequestStore
    let address: PublicAddress
    let bodies: BodyReader

    /// How many operations one call of `/v1/deliveries:replay` looks at.
    private static let page = 100

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, "/v1/operations/{id}/deliveries") { request, context in
            let (id, ledger) = try await ledger(request, context)
            return .json(document(id, ledger, base: address.base(for: request)))
        }
        endpoints.on(.post, "/v1/operations/{id}/deliveries/{n}:replay") { request, context in try await replay(request, context) }
        endpoints.on(.post, "/v1/deliveries:replay") { request, _ in try await replayRange(request) }
    }

    /// The ledger outlives its operation; others' are answered exactly like unknown ones.
    private func ledger(_ request: Request, _ context: APIContext) async throws -> (OperationID, DeliveryLedger) {
        guard let id = context.parameters.get("id").flatMap(OperationID.init) else { throw RequestProblem.unknownOperation }
        let caller = Caller(of: request)
        if let ledger = try await store.ledger(of: id) {
            guard ledger.tenant == caller.tenant else { throw RequestProblem.unknownOperation }
            return (id, ledger)
        }
        let operation = try await operations.operation(id.text, of: caller)
        return (id, DeliveryLedger(tenant: operation.tenant, deliveries: [], dropped: 0))
    }

    private func replay(_ request: Request, _ context: APIContext) async throws -> Response {
        let (id, ledger) = try await ledger(request, context)
        guard let number = context.parameters.get("n").flatMap({ Int($0) }), ledger.deliveries.contains(where: { $0.number == number })
        else {
            throw RequestProblem(.notFound, "This operation has no delivery of this number.")
        }
        switch try await store.replay(number, of: id) {
        case .replayed: break
        case .held: throw RequestProblem(.conflict, "This delivery is being tried at this moment.")
        case .absent: throw RequestProblem(.notFound, "This operation has no delivery of this number any more.")
        }
        let current = try await store.ledger(of: id) ?? ledger
        return .json(document(id, current, base: address.base(for: request)), status: .accepted)
    }

    private func replayRange(_ request: Request) async throws -> Response {
        let bytes = try await bodies.bytes(of: request, upTo: 16 << 10)
        _ = try bodies.kind(of: request, .json)
        let wanted = try ReplayRequest(try bodies.parse(bytes.readableBytesView))
        let page = try await store.ledgers(since: wanted.from, after: wanted.pageToken, limit: Self.page)
        let tenant = Caller(of: request).tenant
        var replayed = 0
        for id in page.operations {
            guard let ledger = try await store.ledger(of: id), ledger.tenant == tenant else { continue }
            for delivery in ledger.deliveries where wanted.covers(delivery) {
                if try await store.replay(delivery.number, of: id) == .replayed { replayed += 1 }
            }
        }
        let next = page.nextToken.map { JSONText.Fragment.string($0) } ?? .null
        return .json(.object(["replayed": .integer(Int64(replayed)), "nextPageToken": next]), status: .accepted)
    }

    private func document(_ id: OperationID, _ ledger: DeliveryLedger, base: String) -> JSONText {
        let path = "\(base)/v1/operations/\(id)/deliveries"
        let deliveries = ledger.deliveries.map { JSONText.Fragment.raw($0.json(replay: "\(path)/\($0.number):replay")) }
        return .object([
            "operation": .string(id.text), "deliveries": .raw(.array(deliveries)), "dropped": .integer(Int64(ledger.dropped)),
        ])
    }
}

extension Delivery {
    fileprivate func json(replay: String) -> JSONText {
        let tries = tries.map { entry in
            JSONText.Fragment.raw(
                .object([
                    "time": .string(Timestamp.text(entry.time)), "status": entry.status.map { .integer(Int64($0)) } ?? .null,
                    "fault": entry.fault.map { .string($0) } ?? .null,
                ])
            )
        }
        return .object([
            "number": .integer(Int64(number)), "event": .string("stepstream." + event.kind.rawValue),
            "sequence": .integer(Int64(event.sequence)), "time": .string(Timestamp.text(event.time)), "endpoint": .string(endpoint),
            "url": url.map { .string($0) } ?? .null, "state": .string(state.rawValue),
            "nextTry": nextTry.map { .string(Timestamp.text($0)) } ?? .null, "tries": .raw(.array(tries)),
            "links": .raw(.object(["replay": .string(replay)])),
        ])
    }
}
