import Hummingbird
import Stepstream

/// `POST /v1/operations/{id}:cancel`, and what operators do: `:retry`, `:skip`, `:undo`.
struct ActionRoutes: Sendable {
    let configuration: ServerConfiguration
    let actions: OperationActions
    let documents: Documents
    let bodies: BodyReader

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.post, "/v1/operations/{id}:cancel") { request, context in try await cancel(request, context) }
        for name in ActRequest.Name.allCases {
            endpoints.on(.post, "/v1/operations/{id}:\(name.rawValue)") { request, context in try await act(name, request, context) }
        }
    }

    private func cancel(_ request: Request, _ context: APIContext) async throws -> Response {
        let faults = try await body(of: request, upTo: 1024).map(Self.faults(ofEmpty:)) ?? []
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
        let operation = try await actions.cancel(context.parameters.get("id"), as: Caller(of: request))
        return try await answer(operation, request)
    }

    private func act(_ name: ActRequest.Name, _ request: Request, _ context: APIContext) async throws -> Response {
        let wanted = try ActRequest(name, try await body(of: request, upTo: configuration.bodyLimit))
        let operation = try await actions.act(wanted, on: context.parameters.get("id"), as: Caller(of: request))
        return try await answer(operation, request)
    }

    private func body(of request: Request, upTo limit: Int) async throws -> JSONNode? {
        let bytes = try await bodies.bytes(of: request, upTo: limit)
        guard bytes.readableBytes > 0 else { return nil }
        _ = try bodies.kind(of: request, .json)
        return try bodies.parse(bytes)
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
