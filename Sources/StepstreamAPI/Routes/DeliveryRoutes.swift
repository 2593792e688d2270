import Hummingbird
import Stepstream

/// `/v1/operations/{id}/deliveries` and `/v1/deliveries:replay`: the deliveries to receivers of webhooks, and their replay.
struct DeliveryRoutes: Sendable {
    private let actions: DeliveryActions
    private let address: PublicAddress
    private let bodies: BodyReader

    init(_ parts: APIParts) {
        actions = parts.deliveries
        address = parts.address
        bodies = parts.bodies
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/v1/operations/{id}/deliveries") { request, context in
            let (id, ledger) = try await actions.ledger(context.parameters.get("id"), of: Caller(of: request))
            return .json(document(id, ledger: ledger, base: address.base(for: request)))
        }
        endpoints.on(.post, at: "/v1/operations/{id}/deliveries/{n}:replay") { request, context in try await replay(request, in: context) }
        endpoints.on(.post, at: "/v1/deliveries:replay") { request, _ in try await replayRange(request) }
    }

    private func replay(_ request: Request, in context: APIContext) async throws -> Response {
        let (number, id) = (context.parameters.get("n"), context.parameters.get("id"))
        let (operation, ledger) = try await actions.replay(number, of: id, as: Caller(of: request))
        return .json(document(operation, ledger: ledger, base: address.base(for: request)), status: .accepted)
    }

    private func replayRange(_ request: Request) async throws -> Response {
        let bytes = try await bodies.bytes(of: request, upTo: 16 << 10)
        _ = try bodies.kind(of: request, among: .json)
        let wanted = try ReplayRequest(try bodies.parse(bytes))
        let (replayed, token) = try await actions.replay(wanted, as: Caller(of: request))
        let next = token.map { JSONText.Fragment.string($0) } ?? .null
        return .json(.object(["replayed": .integer(Int64(replayed)), "nextPageToken": next]), status: .accepted)
    }

    private func document(_ id: OperationID, ledger: DeliveryLedger, base: String) -> JSONText {
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
