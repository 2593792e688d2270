import Hummingbird
import Stepstream

/// `POST /v1/operations/{id}:cancel`, and what operators do: `:retry`, `:skip`, `:undo`.
struct CommandRoutes: Sendable {
    private let configuration: ServerConfiguration
    private let actions: OperationActions
    private let documents: Documents
    private let bodies: BodyReader

    init(_ parts: APIParts) {
        configuration = parts.configuration
        actions = parts.operations
        documents = parts.documents
        bodies = parts.bodies
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.post, at: "/v1/operations/{id}:cancel") { request, context in try await cancel(request, in: context) }
        for name in CommandRequest.Name.allCases {
            endpoints.on(.post, at: "/v1/operations/{id}:\(name.rawValue)") { request, context in
                try await command(name, for: request, in: context)
            }
        }
    }

    private func cancel(_ request: Request, in context: APIContext) async throws -> Response {
        let faults = try await body(of: request, upTo: 1024).map(Self.faults(ofEmpty:)) ?? []
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
        let operation = try await actions.cancel(context.parameters.get("id"), as: Caller(of: request))
        return try await answer(operation, for: request)
    }

    private func command(_ name: CommandRequest.Name, for request: Request, in context: APIContext) async throws -> Response {
        let wanted = try CommandRequest(name, body: try await body(of: request, upTo: configuration.bodyLimit))
        let operation = try await actions.perform(wanted, on: context.parameters.get("id"), as: Caller(of: request))
        return try await answer(operation, for: request)
    }

    private func body(of request: Request, upTo limit: Int) async throws -> JSONNode? {
        let bytes = try await bodies.bytes(of: request, upTo: limit)
        guard bytes.readableBytes > 0 else { return nil }
        _ = try bodies.kind(of: request, among: .json)
        return try bodies.parse(bytes)
    }

    /// There is nothing to say to a cancellation yet.
    private static func faults(ofEmpty node: JSONNode) -> [RequestProblem.Fault] {
        guard node.kind == .object else { return [.init(pointer: "", detail: "An empty object or no body is expected.")] }
        return node.members.map { .init(pointer: "\(JSONPointer(tokens: [$0.key]))", detail: "Unknown member.") }
    }

    private func answer(_ operation: Operation, for request: Request) async throws -> Response {
        let document = try await documents.document(operation, for: request)
        var response = Response.json(document.json, status: .accepted)
        document.addLinks(to: &response)
        document.addFreshness(to: &response)
        return response
    }
}
