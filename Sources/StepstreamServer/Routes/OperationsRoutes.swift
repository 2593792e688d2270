import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// `/v1/operations`: submit, read, list, forget, cancel.
struct OperationsRoutes: Sendable {
    let configuration: ServerConfiguration
    let store: any OperationStore
    let definitions: DefinitionCache
    let catalog: DefinitionCatalog
    let submitter: Submitter
    let watcher: OperationWatcher
    let base: @Sendable (Request) -> String

    func add(to router: Router<APIContext>) {
        router.post("/v1/operations") { request, context in try await submit(request, context) }
        router.get("/v1/operations") { request, context in try await list(request) }
        router.post("/v1/operations:batch") { request, context in try await batch(request, context) }
        router.get("/v1/operations/{id}") { request, context in try await read(request, try context.parameters.require("id")) }
        router.delete("/v1/operations/{id}") { request, context in try await forget(request, try context.parameters.require("id")) }
        router.post("/v1/operations/{id}") { request, context in try await act(request, try context.parameters.require("id")) }
    }

    // MARK: Submitting

    private func submit(_ request: Request, _ context: APIContext) async throws -> Response {
        guard request.headers[.contentType].map({ $0.hasPrefix("application/json") || $0.contains("+json") }) ?? true else {
            throw RequestProblem(.unsupportedMediaType, "Send application/json.")
        }
        let node = try parse(try await body(of: request))
        let submission = try SubmissionRequest(node, catalog: catalog)
        let terms = try terms(of: request)
        let operation = try await submitter.submit(submission, terms)
        return try await answer(operation, request, terms.preferences)
    }

    private func body(of request: Request) async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: configuration.bodyLimit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw RequestProblem(.tooLarge, "A body may have \(configuration.bodyLimit) bytes.")
        }
    }

    private func parse(_ bytes: some Collection<UInt8>) throws(RequestProblem) -> JSONNode {
        do {
            return try JSONNode.parse(bytes, maximumDepth: configuration.inputDepth)
        } catch {
            throw RequestProblem(
                .malformed,
                "The body is not JSON as it is taken here: line \(error.line), column \(error.column): \(error.words)"
            )
        }
    }

    private func terms(of request: Request) throws(RequestProblem) -> Submitter.Terms {
        var terms = Submitter.Terms(tenant: Operation.defaultTenant, preferences: Preferences(request.headers[values: .prefer]))
        if let text = request.headers[.operationID] {
            guard let id = OperationID(text) else {
                throw RequestProblem(.unprocessable, "Header Operation-Id: " + SubmissionRequest.idRule)
            }
            terms.id = id
        }
        if let text = request.headers[.idempotencyKey] {
            let key = text.hasPrefix("\"") && text.hasSuffix("\"") && text.count >= 2 ? String(text.dropFirst().dropLast()) : text
            guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw RequestProblem(.malformed, "An Idempotency-Key is 1 to 255 visible ASCII characters.")
            }
            terms.key = key
        }
        terms.traceparent = request.headers[.traceparent].flatMap { Self.isTraceparent($0) ? $0 : nil }
        return terms
    }

    /// W3C Trace Context §3.2: version, trace, parent, flags.
    private static func isTraceparent(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [2, 32, 16, 2] && parts.allSatisfy { $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } }
    }

    private func answer(_ operation: Operation, _ request: Request, _ preferences: Preferences) async throws -> Response {
        let document = try await document(operation, request)
        if let problem = syncFailure(of: operation, document) {
            var response = Response.json(problem.json, status: problem.status)
            response.headers[.contentType] = "application/problem+json"
            addLinks(document, to: &response)
            return response
        }
        var response = Response.json(document.json, status: .accepted)
        addLinks(document, to: &response)
        response.headers[.eTag] = document.etag
        if !operation.status.isEnded { response.headers[.retryAfter] = "1" }
        if preferences.respondAsync { response.headers[.preferenceApplied] = "respond-async" }
        if let wait = preferences.wait { response.headers[.preferenceApplied] = "wait=\(wait)" }
        return response
    }

    private func addLinks(_ document: OperationDocument, to response: inout Response) {
        response.headers[.location] = document.location
        response.headers[.operationLocation] = document.location
        response.headers[.operationID] = document.operation.id.text
    }

    /// An operation that failed in its sync part is answered with its problem: the handler's 4xx, else 504 for a time-out and 502.
    private func syncFailure(of operation: Operation, _ document: OperationDocument) -> (json: JSONText, status: HTTPResponse.Status)? {
        guard operation.status == .failed, let error = operation.error, let node = try? JSONNode.parse(error.text, maximumDepth: 64) else {
            return nil
        }
        guard let step = node.member("step")?.string.flatMap(Name.init), document.definition?.step(step)?.mode == .sync else { return nil }
        let status = node.member("status")?.int64.map(Int.init) ?? 502
        return (error, HTTPResponse.Status(code: (400..<500).contains(status) || status == 504 ? status : 502))
    }

    private func document(_ operation: Operation, _ request: Request) async throws -> OperationDocument {
        let definition: Definition?
        if let entry = catalog[operation.type], entry.version == operation.definition {
            definition = entry.definition
        } else {
            definition = try await definitions.decisions(operation.definition)?.definition
        }
        return OperationDocument(operation: operation, definition: definition, base: base(request))
    }

    // MARK: Batch

    private func batch(_ request: Request, _ context: APIContext) async throws -> Response {
        let bytes = try await body(of: request)
        var items: [JSONText] = []
        let terms = try terms(of: request)
        for line in bytes.split(separator: UInt8(ascii: "\n")) where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
            items.append(await batchItem(line, terms, request))
        }
        let body = items.map { $0.text + "\n" }.joined()
        return Response(
            status: .ok,
            headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body))
        )
    }

    private func batchItem(_ line: some Collection<UInt8>, _ terms: Submitter.Terms, _ request: Request) async -> JSONText {
        do throws(any Error) {
            var terms = terms
            // A header names one operation, not many.
            terms.id = nil
            terms.key = nil
            let submission = try SubmissionRequest(try parse(line), catalog: catalog)
            let operation = try await submitter.submit(submission, terms)
            return .object(["status": .integer(202), "operation": .raw(try await document(operation, request).json)])
        } catch {
            let problem = (error as? RequestProblem) ?? (error as? StoreError).map(RequestProblem.init) ?? RequestProblem(.internalError)
            return .object([
                "status": .integer(Int64(problem.kind.status.code)),
                "problem": .raw(problem.json(base: base(request), instance: request.uri.path)),
            ])
        }
    }

    // MARK: Reading

    private func read(_ request: Request, _ text: String) async throws -> Response {
        guard let id = OperationID(text), var operation = try await store.read(id, withEvents: false),
            operation.tenant == Operation.defaultTenant
        else {
            throw RequestProblem(.notFound, "There is no operation of this ID.")
        }
        let known = request.headers[.ifNoneMatch]
        if let limit = try waitLimit(request) {
            let shown = operation
            let isWanted: @Sendable (Operation) -> Bool = { current in
                known.map { $0 != "\"\(current.version)\"" } ?? current.status.isEnded
            }
            if !isWanted(operation) { operation = try await watcher.wait(for: shown, atMost: limit, until: isWanted) ?? operation }
        }
        let document = try await document(operation, request)
        var response = known == document.etag ? Response(status: .notModified) : Response.json(document.json)
        response.headers[.eTag] = document.etag
        if let expires = operation.expiresAt {
            response.headers[.expires] = Timestamp.httpDate(expires)
        } else if !operation.status.isEnded {
            response.headers[.retryAfter] = "1"
        }
        return response
    }

    private func waitLimit(_ request: Request) throws(RequestProblem) -> Duration? {
        guard let text = request.uri.queryParameters["wait"] else { return nil }
        guard let seconds = Int(text.hasSuffix("s") ? text.dropLast() : text), seconds >= 0 else {
            throw RequestProblem(.unprocessable, "The parameter wait is a number of seconds, as in ?wait=30s.")
        }
        return min(.seconds(seconds), configuration.longPoll)
    }

    private func list(_ request: Request) async throws -> Response {
        let parameters = request.uri.queryParameters
        var query = ListQuery()
        if let text = parameters["page-size"] {
            guard let size = Int(text), (1...1000).contains(size) else {
                throw RequestProblem(.unprocessable, "page-size is a number from 1 to 1000.")
            }
            query.pageSize = size
        }
        if let text = parameters["status"] {
            query.status = Status(rawValue: String(text))
            if query.status == nil {
                throw RequestProblem(.unprocessable, "status is one of \(Status.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
        }
        if let text = parameters["type"] {
            query.type = Name(String(text))
            if query.type == nil { throw RequestProblem(.unprocessable, "type is a name: \(Name.rule).") }
        }
        if let text = parameters["created-after"] {
            query.createdAfter = Timestamp.parse(String(text))
            if query.createdAfter == nil { throw RequestProblem(.unprocessable, "created-after is a time, as 2026-01-02T03:04:05Z.") }
        }
        query.needsAttention = parameters["attention"] == "true"
        query.pageToken = parameters["page-token"].map(String.init)
        let page = try await store.list(query)
        var documents: [JSONText.Fragment] = []
        for operation in page.operations { documents.append(.raw(try await document(operation, request).json)) }
        return .json(.object(["operations": .raw(.array(documents)), "nextPageToken": page.nextPageToken.map { .string($0) } ?? .null]))
    }

    private func forget(_ request: Request, _ text: String) async throws -> Response {
        guard let id = OperationID(text) else { throw RequestProblem(.notFound, "There is no operation of this ID.") }
        switch try await store.forget(id) {
        case .forgotten: return Response(status: .noContent)
        case .notEnded: throw RequestProblem(.conflict, "The operation has not ended. Cancel it first.")
        case .absent: throw RequestProblem(.notFound, "There is no operation of this ID.")
        }
    }

    // MARK: Acting

    private func act(_ request: Request, _ text: String) async throws -> Response {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[1] == "cancel" else { throw HTTPError(.notFound) }
        guard let id = OperationID(parts[0]), var operation = try await store.read(id, withEvents: false) else {
            throw RequestProblem(.notFound, "There is no operation of this ID.")
        }
        while let transition = try await definitions.decisions(operation.definition)?.cancel(operation) {
            switch try await store.amend(operation, with: transition) {
            case .applied(let version):
                operation = try await store.read(id, withEvents: false) ?? operation
                operation.version = max(operation.version, version)
                return try await acted(operation, request)
            case .changed(let current): operation = current
            case .lost: throw RequestProblem(.notFound, "There is no operation of this ID.")
            }
        }
        return try await acted(operation, request)
    }

    private func acted(_ operation: Operation, _ request: Request) async throws -> Response {
        let document = try await document(operation, request)
        var response = Response.json(document.json, status: .accepted)
        addLinks(document, to: &response)
        return response
    }
}

extension HTTPField.Name {
    static let prefer = known("Prefer")
    static let preferenceApplied = known("Preference-Applied")
    static let operationID = known("Operation-Id")
    static let operationLocation = known("Operation-Location")
    static let idempotencyKey = known("Idempotency-Key")
    static let traceparent = known("traceparent")

    private static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is not a field name") }
        return name
    }
}
