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

    /// How many items of a batch are submitted at once; so many answers are held at most while an earlier one is waited for.
    private static let width = 64

    /// One item, as it came.
    private enum Item: Sendable {
        case line(ArraySlice<UInt8>)
        case node(JSONNode)
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.post, at: "/v1/operations:batch", produces: .lines) { request, context in try await batch(request, in: context) }
    }

    private func batch(_ request: Request, in context: APIContext) async throws -> Response {
        let kind = try bodies.kind(of: request, among: .json, .lines)
        var terms = try SubmissionTerms(request)
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
        let buffer = try await bodies.bytes(of: request, upTo: configuration.batchLimit)
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
            let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
            return Array(buffer.readableBytesView).split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy(isBlank) }.map(Item.line)
        case .json:
            let node = try bodies.parse(buffer.readableBytesView)
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

    /// Answers in the order of the items, each as soon as those before it have been written.
    private func body(
        of items: [Item],
        as kind: BodyReader.Kind,
        terms: SubmissionTerms,
        for request: Request,
        in context: APIContext
    ) -> ResponseBody {
        ResponseBody { writer in
            if kind == .json { try await writer.write(ByteBuffer(string: "{\"items\":[")) }
            try await withThrowingTaskGroup(of: (Int, JSONText).self) { group in
                var ready: [Int: JSONText] = [:]
                var next = 0
                var started = 0
                while next < items.count {
                    while started < items.count, started < next + Self.width {
                        let index = started
                        group.addTask { (index, await answer(items[index], index: index, terms: terms, for: request, in: context)) }
                        started += 1
                    }
                    guard let (index, json) = try await group.next() else { break }
                    ready[index] = json
                    var text = ""
                    while let json = ready.removeValue(forKey: next) {
                        if kind == .json, next > 0 { text += "," }
                        text += json.text
                        if kind == .lines { text += "\n" }
                        next += 1
                    }
                    if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
                }
            }
            if kind == .json { try await writer.write(ByteBuffer(string: "]}")) }
            try await writer.finish(nil)
        }
    }

    private func answer(
        _ item: Item,
        index: Int,
        terms: SubmissionTerms,
        for request: Request,
        in context: APIContext
    ) async -> JSONText {
        do {
            let body = try SubmissionBody.request(in: try node(of: item), catalog: catalog, callbacks: configuration.callbacks)
            let submission = try terms.applied(to: body)
            let submitted = try await submitter.submit(unkeyed: submission)
            let operation = submitted.operation
            let document = try await documents.document(operation, for: request)
            var members: [(String, JSONText.Fragment)] = [("index", .integer(Int64(index)))]
            if let failure = document.syncFailure {
                members += [("status", .integer(Int64(failure.status.code))), ("problem", .raw(failure.json))]
            } else {
                members.append(("status", .integer(202)))
            }
            if let applied = Preferences.applied(to: submission, submitted: submitted) {
                members.append(("preferenceApplied", .string(applied)))
            }
            members.append(("consistencyToken", .string(ConsistencyToken([operation.id]).text)))
            members.append(("operation", .raw(document.json)))
            return .object(members)
        } catch {
            let problem = problem(of: error, in: context)
            let json = problem.json(base: documents.address.base(for: request), instance: request.uri.path, request: context.requestID)
            return .object([
                "index": .integer(Int64(index)), "status": .integer(Int64(problem.kind.status.code)), "problem": .raw(json),
            ])
        }
    }

    private func node(of item: Item) throws(RequestProblem) -> JSONNode {
        switch item {
        case .node(let node): return node
        case .line(let bytes):
            guard bytes.count <= configuration.bodyLimit else {
                throw RequestProblem(.tooLarge, "An item may be at most \(configuration.bodyLimit) bytes long.")
            }
            return try bodies.parse(bytes)
        }
    }

    private func problem(of error: any Error, in context: APIContext) -> RequestProblem {
        switch error {
        case let problem as RequestProblem: return problem
        case let refusal as SubmissionRefusal: return RequestProblem(refusal)
        case let error as StoreError:
            context.log.warning("An item of a batch was not accepted", metadata: [LogKey.error: "\(error)"])
            return RequestProblem(error)
        default:
            context.log.error("An item of a batch failed", metadata: [LogKey.error: "\(error)"])
            return RequestProblem(.internalError)
        }
    }
}
