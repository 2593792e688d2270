import Hummingbird
import Stepstream

/// `POST /v1/operations/{id}:cancel`
struct ActionRoutes: Sendable {
    let store: RequestStore
    let definitions: DefinitionCache
    let documents: Documents
    let leases: LeaseKeeper
    let bodies: BodyReader

    /// How often a decision is made anew because the operation changed meanwhile.
    private static let tries = 20

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.post, "/v1/operations/{id}:cancel") { request, context in try await cancel(request, context) }
    }

    private func cancel(_ request: Request, _ context: APIContext) async throws -> Response {
        try await checkBody(of: request)
        let caller = Caller(of: request)
        var operation = try await store.operation(context.parameters.get("id"), of: caller)
        guard let decisions = try await definitions.decisions(operation.definition) else {
            throw StoreError(.corrupt, "The definition \(operation.definition) of operation \(operation.id) is not stored.")
        }
        for _ in 0..<Self.tries {
            guard let transition = decisions.cancel(operation) else { return try await answer(operation, request) }
            switch try await store.amend(operation, with: transition) {
            case .applied:
                // A step that runs in this very process need not wait for its next renewal to hear of it.
                leases.cancelRequested(operation.id)
                return try await answer(try await store.operation(operation.id.text, of: caller), request)
            case .changed(let current): operation = current
            case .lost: throw RequestProblem.unknownOperation
            }
        }
        throw RequestProblem(.conflict, "The operation changes faster than it can be canceled. Try again.")
    }

    /// There is nothing to say in a body yet; what is there must be an empty object.
    private func checkBody(of request: Request) async throws {
        let bytes = try await bodies.bytes(of: request, upTo: 1024)
        guard bytes.readableBytes > 0 else { return }
        _ = try bodies.kind(of: request, .json)
        let node = try bodies.parse(bytes.readableBytesView)
        guard node.kind == .object else {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: "An empty object or no body is wanted.")])
        }
        let faults = node.members.map { RequestProblem.Fault(pointer: "\(JSONPointer(tokens: [$0.key]))", detail: "Unknown member.") }
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
    }

    private func answer(_ operation: Operation, _ request: Request) async throws -> Response {
        let document = try await documents.document(operation, for: request)
        var response = Response.json(document.json, status: .accepted)
        document.addLinks(to: &response)
        document.addFreshness(to: &response)
        return response
    }
}
