import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Stepstream

/// `POST /v1/operations:batch`: many submissions in one request, each with its own status.
struct BatchRoute: Sendable {
    private let configuration: ServerConfiguration
    private let catalog: DefinitionCatalog
    private let documents: Documents
    private let submitter: Submitter
    private let bodies: BodyReader

    init(_ parts: APIParts) {
        configuration = parts.configuration
        catalog = parts.catalog
        documents = parts.documents
        submitter = parts.submitter
        bodies = parts.bodies
    }

    /// How many items are submitted together, and how many such runs at once; so many answers are held at most while earlier ones are
    /// waited for. Two, so that Redis and we do not take turns.
    private static let run = 32
    private static let width = 2

    /// One item, as it came.
    private enum Item: Sendable {
        case line(ByteBuffer)
        case node(JSONNode)
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.post, at: "/v1/operations:batch", produces: .lines) { request, context in try await batch(request, in: context) }
    }

    private func batch(_ request: Request, in context: APIContext) async throws -> Response {
        let fields = RequestFields(request.headers)
        let kind = try bodies.kind(of: fields, among: [.json, .lines])
        var terms = try SubmissionTerms(request, fields: fields)
        guard terms.id == nil, terms.key == nil else {
            throw RequestProblem(
                .unprocessable,
                faults: [
                    .init(
                        pointer: terms.id == nil ? "Idempotency-Key" : "Operation-Id",
                        detail: "This header names a single operation. In a batch, give each item its own id."
                    )
                ]
            )
        }
        // Each item would wait in turn; whoever wants the ends polls for them.
        terms.preferences.wait = nil
        let buffer = try await bodies.bytes(of: request, fields: fields, upTo: configuration.batchLimit)
        let items = try items(of: buffer, as: kind)
        var response = Response(
            status: .ok,
            headers: [
                .contentType: kind == .lines ? "application/x-ndjson" : "application/json; charset=utf-8", .cacheControl: "no-store",
            ],
            body: body(of: items, as: kind, terms: terms, for: request, in: context)
        )
        if terms.preferences.respondAsync { response.headers[.preferenceApplied] = "respond-async" }
        return response
    }

    private func items(of buffer: ByteBuffer, as kind: BodyReader.Kind) throws(RequestProblem) -> [Item] {
        switch kind {
        case .lines:
            return lines(of: buffer)
        case .json:
            let node = try bodies.parse(buffer)
            guard let list = node.member("operations"), list.kind == .array else {
                throw RequestProblem(
                    .unprocessable,
                    faults: [.init(pointer: "/operations", detail: "An array of submissions is expected; or send application/x-ndjson.")]
                )
            }
            let unknown = node.members.filter { $0.key != "operations" }
            guard unknown.isEmpty else {
                let faults = unknown.map { RequestProblem.Fault(pointer: "\(JSONPointer(tokens: [$0.key]))", detail: "Unknown member.") }
                throw RequestProblem(.unprocessable, faults: faults)
            }
            return list.elements.map(Item.node)
        }
    }

    /// The lines with something on them.
    private func lines(of buffer: ByteBuffer) -> [Item] {
        var rest = buffer
        var items: [Item] = []
        while rest.readableBytes > 0 {
            let end = rest.withUnsafeReadableBytes { $0.firstIndex(of: UInt8(ascii: "\n")) ?? $0.count }
            if let line = rest.readSlice(length: end), !line.withUnsafeReadableBytes({ $0.allSatisfy(Self.isBlank) }) {
                items.append(.line(line))
            }
            rest.moveReaderIndex(forwardBy: min(1, rest.readableBytes))
        }
        return items
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    /// Answers in the order of the items, a run of them as soon as those before it have been written.
    private func body(
        of items: [Item],
        as kind: BodyReader.Kind,
        terms: SubmissionTerms,
        for request: Request,
        in context: APIContext
    ) -> ResponseBody {
        ResponseBody { writer in
            if kind == .json { try await writer.write(ByteBuffer(string: "{\"items\":[")) }
            let runs = stride(from: 0, to: items.count, by: Self.run).map { $0..<min($0 + Self.run, items.count) }
            try await withThrowingTaskGroup(of: (Int, ByteBuffer).self) { group in
                var ready: [Int: ByteBuffer] = [:]
                var next = 0
                var started = 0
                while next < runs.count {
                    while started < runs.count, started < next + Self.width {
                        let number = started
                        group.addTask {
                            (number, await answers(to: runs[number], of: items, as: kind, terms: terms, for: request, in: context))
                        }
                        started += 1
                    }
                    guard let (number, bytes) = try await group.next() else { break }
                    ready[number] = bytes
                    while let bytes = ready.removeValue(forKey: next) {
                        try await writer.write(bytes)
                        next += 1
                    }
                }
            }
            if kind == .json { try await writer.write(ByteBuffer(string: "]}")) }
            try await writer.finish(nil)
        }
    }

    /// The answers to a run of `items`, as they are sent.
    private func answers(
        to run: Range<Int>,
        of items: [Item],
        as kind: BodyReader.Kind,
        terms: SubmissionTerms,
        for request: Request,
        in context: APIContext
    ) async -> ByteBuffer {
        var requests: [SubmissionRequest] = []
        requests.reserveCapacity(run.count)
        // What stands at an index here was not submitted.
        var refused: [Int: any Error] = [:]
        for index in run {
            do {
                let node = try node(of: items[index])
                let body = try SubmissionBody.request(in: node, catalog: catalog, callbacks: configuration.callbacks)
                requests.append(try terms.applied(to: body))
            } catch {
                refused[index] = error
            }
        }
        let results = await submitter.submit(unkeyed: requests)
        let base = documents.address.base(for: request)
        var json = JSONWriter(reserving: run.count * (OperationDocument.usualSize + 200))
        var submitted = 0
        var failures: [any Error] = []
        for index in run {
            if kind == .json, index > 0 { json.fixed(",") }
            json.fixed(#"{"index":"#)
            json.integer(index)
            json.fixed(#","status":"#)
            do {
                if let error = refused[index] { throw error }
                defer { submitted += 1 }
                let result = try results[submitted].get()
                let document = try await documents.document(result.operation, entry: requests[submitted].entry, base: base)
                write(document, applied: Preferences.applied(to: requests[submitted], submitted: result), to: &json)
            } catch {
                let problem = Self.problem(of: error)
                if !(error is RequestProblem || error is SubmissionRefusal) { failures.append(error) }
                json.integer(problem.kind.status.code)
                json.fixed(#","problem":"#)
                json.raw(problem.json(base: base, instance: request.uri.path, request: context.requestID).text)
            }
            json.fixed("}")
            if kind == .lines { json.fixed("\n") }
        }
        log(failures, in: context)
        return json.withBytes { ByteBuffer(bytes: $0) }
    }

    private func write(_ document: OperationDocument, applied: String?, to json: inout JSONWriter) {
        if let failure = document.syncFailure {
            json.integer(failure.status.code)
            json.fixed(#","problem":"#)
            json.raw(failure.json.text)
        } else {
            json.integer(202)
        }
        if let applied {
            json.fixed(#","preferenceApplied":"#)
            json.string(applied)
        }
        json.fixed(#","consistencyToken":""#)
        json.raw(ConsistencyToken([document.operation.id]).text)
        json.fixed(#"","operation":"#)
        document.write(to: &json)
    }

    private func node(of item: Item) throws(RequestProblem) -> JSONNode {
        switch item {
        case .node(let node): return node
        case .line(let bytes):
            guard bytes.readableBytes <= configuration.bodyLimit else {
                throw RequestProblem(.tooLarge, "An item may be at most \(configuration.bodyLimit) bytes long.")
            }
            return try bodies.parse(bytes)
        }
    }

    private static func problem(of error: any Error) -> RequestProblem {
        switch error {
        case let problem as RequestProblem: problem
        case let refusal as SubmissionRefusal: RequestProblem(refusal)
        case let error as StoreError: RequestProblem(error)
        default: RequestProblem(.internalError)
        }
    }

    /// One record for a run: while the store is away a batch fails as a whole, and one for each item would fill the log.
    private func log(_ failures: [any Error], in context: APIContext) {
        guard let first = failures.first else { return }
        let isOurs = failures.contains { !($0 is StoreError) }
        let metadata: Logger.Metadata = [LogKey.count: "\(failures.count)", LogKey.error: "\(first)"]
        context.log.log(level: isOurs ? .error : .warning, "Items of a batch were not accepted", metadata: metadata)
    }
}
