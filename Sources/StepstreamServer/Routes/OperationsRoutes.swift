import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// `/v1/operations`: submit, read, list, forget.
struct OperationsRoutes: Sendable {
    let configuration: ServerConfiguration
    let store: RequestStore
    let catalog: DefinitionCatalog
    let documents: Documents
    let submitter: KeyedSubmitter
    let watcher: OperationWatcher
    let bodies: BodyReader

    func add(to endpoints: inout Endpoints) {
        endpoints.onConnection(.post, "/v1/operations") { request, context in try await submit(request, context) }
        endpoints.on(.get, "/v1/operations") { request, _ in try await list(request) }
        endpoints.onConnection(.get, "/v1/operations/{id}") { request, context in try await read(request, context) }
        endpoints.on(.delete, "/v1/operations/{id}") { request, context in try await forget(request, context) }
    }

    // MARK: Submitting

    /// How many bytes are read and checked in well under a millisecond.
    private static let brief = 16 * 1024

    private func requested(_ bytes: ByteBuffer) throws -> SubmissionRequest {
        try SubmissionRequest(try bodies.parse(bytes), catalog: catalog, callbacks: configuration.callbacks)
    }

    private func submit(_ request: Request, _ context: APIContext) async throws -> Response {
        let fields = RequestFields(request.headers)
        _ = try bodies.kind(fields, [.json])
        var terms = try SubmissionTerms(request, fields)
        let bytes = try await bodies.bytes(of: request, fields, upTo: configuration.bodyLimit)
        let submission =
            if bytes.readableBytes <= Self.brief {
                try requested(bytes)
            } else {
                // Other connections are served by this thread too.
                try await withTaskExecutorPreference(globalConcurrentExecutor) { try requested(bytes) }
            }
        if terms.preferences.wait != nil { terms.clientGone = await context.clientGone() }
        switch try await submitter.submit(submission, terms) {
        case .answered(let answer): return answer.response
        case .submitted(let submitted, let reservation):
            let document = try await documents.document(
                submitted.operation,
                submission.entry,
                base: documents.address.base(for: request)
            )
            let (response, body) = answer(document, submitted)
            if let reservation {
                await submitter.keep(FirstAnswer(response, body: String(buffer: body)), of: submitted.operation, to: reservation)
            }
            return response
        }
    }

    private func answer(_ document: OperationDocument, _ submitted: Submitter.Submitted) -> (Response, body: ByteBuffer) {
        var response: Response
        let body: ByteBuffer
        if let failure = document.syncFailure {
            body = ByteBuffer(string: failure.json.text)
            response = .problem(failure.json, status: failure.status)
        } else {
            body = document.body
            response = .json(body, status: .accepted, further: 8)
            document.addFreshness(to: &response)
        }
        document.addLinks(to: &response)
        response.headers.append(HTTPField(name: .consistencyToken, value: ConsistencyToken([submitted.operation.id]).text))
        if !submitted.applied.isEmpty { response.headers[.preferenceApplied] = submitted.applied.joined(separator: ", ") }
        return (response, body)
    }

    // MARK: Reading

    private func read(_ request: Request, _ context: APIContext) async throws -> Response {
        let parameters = try QueryParameters(request, known: ["wait"])
        let limit = try parameters.seconds("wait").map { min($0, configuration.longPoll) }
        let start = ContinuousClock.now
        var operation = try await store.operation(context.parameters.get("id"), of: Caller(of: request))
        let known = request.headers[.ifNoneMatch]
        if let limit {
            let isWanted: @Sendable (Operation) -> Bool = { current in
                known.map { !EntityTag(of: current).isNamed(by: $0) } ?? current.status.isEnded
            }
            if !isWanted(operation) {
                let gone = await context.clientGone()
                switch await watcher.wait(for: operation, until: start + limit, clientGone: gone, isWanted) {
                case .wanted(let changed): operation = changed
                case .gone: throw RequestProblem.unknownOperation
                case .over: operation = try await store.operation(operation.id.text, of: Caller(of: request))
                }
            }
        }
        let document = try await documents.document(operation, for: request)
        let isKnown = known.map { document.tag.isNamed(by: $0) } ?? false
        var response = isKnown ? Response(status: .notModified, headers: [.cacheControl: "no-store"]) : Response.json(document.body, further: 4)
        document.addFreshness(to: &response)
        return response
    }

    private func list(_ request: Request) async throws -> Response {
        let parameters = try QueryParameters(
            request,
            known: ["status", "type", "created-after", "page-size", "page-token", "attention"]
        )
        let page = try await store.list(try parameters.listQuery(of: Caller(of: request)))
        var operations: [JSONText.Fragment] = []
        for operation in page.operations { operations.append(.raw(try await documents.document(operation, for: request).json)) }
        return .json(.object(["operations": .raw(.array(operations)), "nextPageToken": page.nextPageToken.map { .string($0) } ?? .null]))
    }

    // MARK: Forgetting

    private func forget(_ request: Request, _ context: APIContext) async throws -> Response {
        let operation = try await store.operation(context.parameters.get("id"), of: Caller(of: request))
        switch try await store.forget(operation.id) {
        case .forgotten: return Response(status: .noContent)
        case .notEnded: throw RequestProblem(.conflict, "The operation has not ended. Cancel it first, and wait until it has.")
        case .absent: throw RequestProblem.unknownOperation
        }
    }
}

extension RequestProblem {
    /// There is no such operation, or none that the caller may know of.
    static let unknownOperation = RequestProblem(.notFound, "There is no operation of this ID. It may have been forgotten.")
}
