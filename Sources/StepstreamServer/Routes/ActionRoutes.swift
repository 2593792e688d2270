import Hummingbird
import Stepstream

/// `POST /v1/operations/{id}:cancel`, and what operators do: `:retry`, `:skip`, `:undo`.
struct ActionRoutes: Sendable {
    let configuration: ServerConfiguration
    let store: RequestStore
    let definitions: DefinitionCache
    let documents: Documents
    let leases: LeaseKeeper
    let bodies: BodyReader

    /// How often a decision is made anew because the operation changed meanwhile.
    private static let tries = 20

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.post, "/v1/operations/{id}:cancel") { request, context in try await cancel(request, context) }
        for name in ActRequest.Name.allCases {
            endpoints.on(.post, "/v1/operations/{id}:\(name.rawValue)") { request, context in try await act(name, request, context) }
        }
    }

    private func cancel(_ request: Request, _ context: APIContext) async throws -> Response {
        let faults = try await body(of: request, upTo: 1024).map(Self.faults(ofEmpty:)) ?? []
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
        let operation = try await amend(request, context) { $0.cancel($1) }
        // A step that runs in this very process need not wait for its next renewal to hear of it.
        if operation.cancelRequested { leases.cancelRequested(operation.id) }
        return try await answer(operation, request)
    }

    private func act(_ name: ActRequest.Name, _ request: Request, _ context: APIContext) async throws -> Response {
        let wanted = try ActRequest(name, try await body(of: request, upTo: configuration.bodyLimit))
        let operation = try await amend(request, context) { decisions, operation throws(RequestProblem) in
            do throws(ActRefusal) {
                return try decisions.act(wanted.act, wanted.note, on: operation)
            } catch {
                throw RequestProblem(.conflict, error.words)
            }
        }
        return try await answer(operation, request)
    }

    /// Applies what `decide` makes of the operation; anew, as long as the operation changes meanwhile. Returns the operation after it.
    private func amend(
        _ request: Request,
        _ context: APIContext,
        _ decide: (Decisions, Operation) throws(RequestProblem) -> Transition?
    ) async throws -> Operation {
        let caller = Caller(of: request)
        var operation = try await store.operation(context.parameters.get("id"), of: caller)
        guard let decisions = try await definitions.decisions(operation.definition) else {
            throw StoreError(.corrupt, "The definition \(operation.definition) of operation \(operation.id) is not stored.")
        }
        for _ in 0..<Self.tries {
            guard let transition = try decide(decisions, operation) else { return operation }
            Failpoint.reach(.beforeCancel)
            switch try await store.amend(operation, with: transition) {
            case .applied:
                Failpoint.reach(.afterCancel)
                return try await store.operation(operation.id.text, of: caller)
            case .changed(let current): operation = current
            case .lost: throw RequestProblem.unknownOperation
            }
        }
        throw RequestProblem(.conflict, "The operation changes faster than this can be done. Try again.")
    }

    private func body(of request: Request, upTo limit: Int) async throws -> JSONNode? {
        let bytes = try await bodies.bytes(of: request, upTo: limit)
        guard bytes.readableBytes > 0 else { return nil }
        _ = try bodies.kind(of: request, .json)
        return try bodies.parse(bytes.readableBytesView)
    }

    /// There is nothing to say to a cancelation yet.
    private static func faults(ofEmpty node: JSONNode) -> [RequestProblem.Fault] {
        guard node.kind == .object else { return [.init(pointer: "", detail: "An empty object or no body is wanted.")] }
        return node.members.map { .init(pointer: "\(JSONPointer(tokens: [$0.key]))", detail: "Unknown member.") }
    }

    private func answer(_ operation: Operation, _ request: Request) async throws -> Response {
        let document = try await documents.document(operation, for: request)
        var response = Response.json(document.json, status: .accepted)
        document.addLinks(to: &response)
        document.addFreshness(to: &response)
        return response
    }
}
