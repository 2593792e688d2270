import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// `/v1/operations`: read, list, delete.
struct OperationsRoutes: Sendable {
    private let configuration: ServerConfiguration
    private let store: StoreRoles
    private let documents: Documents
    private let watcher: OperationWatcher

    init(_ parts: APIParts) {
        configuration = parts.configuration
        store = parts.store
        documents = parts.documents
        watcher = parts.watcher
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/v1/operations") { request, _ in try await list(request) }
        endpoints.onConnection(.get, at: "/v1/operations/{id}") { request, context in try await read(request, in: context) }
        endpoints.on(.delete, at: "/v1/operations/{id}") { request, context in try await delete(request, in: context) }
    }

    // MARK: Reading

    private func read(_ request: Request, in context: APIContext) async throws -> Response {
        let parameters = try QueryParameters(request, known: ["wait"])
        let limit = try parameters.seconds("wait").map { min($0, configuration.longPoll) }
        let start = ContinuousClock.now
        var operation = try await store.operations.operation(context.parameters.get("id"), of: Caller(of: request))
        let known = request.headers[.ifNoneMatch]
        if let limit {
            let isWanted: @Sendable (Operation) -> Bool = { current in
                known.map { !EntityTag(of: current).isNamed(by: $0) } ?? current.status.isEnded
            }
            if !isWanted(operation) {
                let gone = await context.clientGone()
                switch await watcher.wait(for: operation, until: start + limit, clientGone: gone, isWanted: isWanted) {
                case .wanted(let changed): operation = changed
                case .gone: throw RequestProblem.unknownOperation
                case .over: operation = try await store.operations.operation(operation.id.text, of: Caller(of: request))
                }
            }
        }
        let document = try await documents.document(operation, for: request)
        let isKnown = known.map { document.tag.isNamed(by: $0) } ?? false
        var response =
            isKnown ? Response(status: .notModified, headers: [.cacheControl: "no-store"]) : Response.json(document.body, further: 4)
        document.addFreshness(to: &response)
        return response
    }

    private func list(_ request: Request) async throws -> Response {
        let parameters = try QueryParameters(
            request,
            known: ["status", "type", "created-after", "page-size", "page-token", "attention"]
        )
        let page = try await store.operations.list(try parameters.listQuery(of: Caller(of: request)))
        var operations: [JSONText.Fragment] = []
        for operation in page.operations { operations.append(.raw(try await documents.document(operation, for: request).json)) }
        return .json(.object(["operations": .raw(.array(operations)), "nextPageToken": page.nextPageToken.map { .string($0) } ?? .null]))
    }

    // MARK: Deleting

    private func delete(_ request: Request, in context: APIContext) async throws -> Response {
        let operation = try await store.operations.operation(context.parameters.get("id"), of: Caller(of: request))
        switch try await store.deleter.delete(operation.id) {
        case .deleted: return Response(status: .noContent)
        case .notEnded: throw RequestProblem(.conflict, "The operation has not ended. Cancel it first, and wait until it has.")
        case .absent: throw RequestProblem.unknownOperation
        }
    }
}

extension RequestProblem {
    /// There is no such operation, or none that the caller may know of.
    package static let unknownOperation = RequestProblem(
        .notFound,
        "There is no operation with this ID. It may have expired or been deleted."
    )
}
