import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Stepstream

/// `POST /v1/operations:batch`: many submissions in one request, each with its own status.
struct BatchRoute: Sendable {
    let configuration: ServerConfiguration
    let catalog: DefinitionCatalog
    let documents: Documents
    let submitter: Submitter
    let bodies: BodyReader

    /// How many items of a batch are submitted at once; so many answers are held at most while an earlier one is waited for.
    private static let width = 64

    /// One item, as it came.
    private enum Item: Sendable {
        case line(ArraySlice<UInt8>)
        case node(JSONNode)
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.post, "/v1/operations:batch", produces: .lines) { request, context in try await batch(request, context) }
    }

    private func batch(_ request: Request, _ context: APIContext) async throws -> Response {
        let fields = RequestFields(request.headers)
        let kind = try bodies.kind(fields, [.json, .lines])
        var terms = try SubmissionTerms(request, fields)
        guard terms.id == nil, terms.key == nil else {
            throw RequestProblem(
                .unprocessable,
                faults: [
                    .init(
                        pointer: terms.id == nil ? "Idempotency-Key" : "Operation-Id",
                        detail: "A header names one operation, not many. Give each item its id."
                    )
                ]
            )
        }
        // Each item would wait in turn; whoever wants the ends polls for them.
        terms.preferences.wait = nil
        let buffer = try await bodies.bytes(of: request, fields, upTo: configuration.batchLimit)
        let items = try items(of: buffer, kind)
        var response = Response(
            status: .ok,
            headers: [
                .contentType: kind == .lines ? "application/x-ndjson" : "application/json; charset=utf-8", .cacheControl: "no-store",
            ],
            body: body(of: items, kind, terms, request, context)
        )
        if terms.preferences.respondAsync { response.headers[.preferenceApplied] = "respond-async" }
        return response
    }

    private func items(of buffer: ByteBuffer, _ kind: BodyReader.Kind) throws(RequestProblem) -> [Item] {
        switch kind {
        case .lines:
            let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
            return Array(buffer.readableBytesView).split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy(isBlank) }.map(Item.line)
        case .json:
            let node = try bodies.parse(buffer)
            guard let list = node.member("operations"), list.kind == .array else {
                throw RequestProblem(
                    .unprocessable,
                    faults: [.init(pointer: "/operations", detail: "An array of submissions is wanted; or send application/x-ndjson.")]
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

    /// Answers in the order of the items, each as soon as those before it have been written.
    private func body(
        of items: [Item],
        _ kind: BodyReader.Kind,
        _ terms: SubmissionTerms,
        _ request: Request,
        _ context: APIContext
    ) -> ResponseBody {
        ResponseBody { writer in
            if kind == .json { try await writer.write(ByteBuffer(string: "{\"items\":[")) }
            try await withThrowingTaskGroup(of: (Int, JSONWriter).self) { group in
                var ready: [Int: JSONWriter] = [:]
                var next = 0
                var started = 0
                while next < items.count {
                    while started < items.count, started < next + Self.width {
                        let index = started
                        group.addTask { (index, await answer(items[index], index, terms, request, context)) }
                        started += 1
                    }
                    guard let (index, json) = try await group.next() else { break }
                    ready[index] = json
                    var bytes = ByteBuffer()
                    while let json = ready.removeValue(forKey: next) {
                        if kind == .json, next > 0 { bytes.writeStaticString(",") }
                        bytes.writeBytes(json.bytes)
                        if kind == .lines { bytes.writeStaticString("\n") }
                        next += 1
                    }
                    if bytes.readableBytes > 0 { try await writer.write(bytes) }
                }
            }
            if kind == .json { try await writer.write(ByteBuffer(string: "]}")) }
            try await writer.finish(nil)
        }
    }

    private func answer(
        _ item: Item,
        _ index: Int,
        _ terms: SubmissionTerms,
        _ request: Request,
        _ context: APIContext
    ) async -> JSONWriter {
        var json = JSONWriter(reserving: 1280)
        json.raw(#"{"index":"#)
        json.integer(index)
        json.raw(#","status":"#)
        do {
            let submission = try SubmissionRequest(try node(of: item), catalog: catalog, callbacks: configuration.callbacks)
            let submitted = try await submitter.submit(submission, terms, as: submission.id ?? Submitter.freshID())
            let operation = submitted.operation
            let document = try await documents.document(operation, for: request)
            if let failure = document.syncFailure {
                json.integer(failure.status.code)
                json.raw(#","problem":"#)
                json.raw(failure.json.text)
            } else {
                json.integer(202)
            }
            if !submitted.applied.isEmpty {
                json.raw(#","preferenceApplied":"#)
                json.string(submitted.applied.joined(separator: ", "))
            }
            json.raw(#","consistencyToken":""#)
            json.raw(ConsistencyToken([operation.id]).text)
            json.raw(#"","operation":"#)
            document.write(to: &json)
        } catch {
            let problem = problem(of: error, context)
            json.integer(problem.kind.status.code)
            json.raw(#","problem":"#)
            json.raw(
                problem.json(base: documents.address.base(for: request), instance: request.uri.path, request: context.requestID).text
            )
        }
        json.raw("}")
        return json
    }

    private func node(of item: Item) throws(RequestProblem) -> JSONNode {
        switch item {
        case .node(let node): return node
        case .line(let bytes):
            guard bytes.count <= configuration.bodyLimit else {
                throw RequestProblem(.tooLarge, "An item may have \(configuration.bodyLimit) bytes.")
            }
            return try bodies.parse(Array(bytes))
        }
    }

    private func problem(of error: any Error, _ context: APIContext) -> RequestProblem {
        switch error {
        case let problem as RequestProblem: return problem
        case let error as StoreError:
            context.log.warning("An item of a batch was not accepted", metadata: [LogKey.error: "\(error)"])
            return RequestProblem(error)
        default:
            context.log.error("An item of a batch failed", metadata: [LogKey.error: "\(error)"])
            return RequestProblem(.internalError)
        }
    }
}
