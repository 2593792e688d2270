import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream
import Synchronization

/// IDs, definitions, health, and the pages of problems.
struct ServiceRoutes: Sendable {
    let store: any OperationStore
    let catalog: DefinitionCatalog
    let base: @Sendable (Request) -> String

    func add(to router: Router<APIContext>) {
        router.get("/healthz") { _, _ in Response.json(.object(["status": .string("alive")])) }
        router.get("/readyz") { _, _ in await readiness() }
        router.post("/v1/ids") { request, _ in try await ids(request) }
        router.get("/v1/definitions") { _, _ in
            Response.json(.object(["definitions": .raw(.array(catalog.types.compactMap { catalog[$0].map { .raw($0.canonicalJSON) } }))]))
        }
        router.get("/problems/{kind}") { _, context in try problemPage(try context.parameters.require("kind")) }
    }

    private func readiness() async -> Response {
        let health = await store.health()
        let findings = health.findings.map { finding in
            JSONText.Fragment.raw(
                .object([
                    "subject": .string(finding.subject), "severity": .string(finding.severity.rawValue), "words": .string(finding.words),
                ])
            )
        }
        let queues = health.queues.map { queue in
            JSONText.Fragment.raw(
                .object([
                    "queue": .string(queue.queue.text), "length": .integer(Int64(queue.length)), "pending": .integer(Int64(queue.pending)),
                    "oldestWaitingMilliseconds": queue.oldestWaiting.map { .integer($0.count) } ?? .null,
                ])
            )
        }
        let json = JSONText.object(["ready": .bool(health.isReady), "findings": .raw(.array(findings)), "queues": .raw(.array(queues))])
        var response = Response.json(json, status: health.isReady ? .ok : .serviceUnavailable)
        if !health.isReady { response.headers[.retryAfter] = "1" }
        return response
    }

    private func ids(_ request: Request) async throws -> Response {
        let buffer = try await request.body.collect(upTo: 1024)
        var count = 1
        if buffer.readableBytes > 0 {
            guard let node = try? JSONNode.parse(buffer.readableBytesView), node.kind == .object,
                node.members.allSatisfy({ $0.key == "count" }),
                let number = node.member("count").map({ $0.int64 }) ?? 1, (1...1000).contains(number)
            else { throw RequestProblem(.unprocessable, faults: [.init(pointer: "/count", detail: "A number from 1 to 1000 is wanted.")]) }
            count = Int(number)
        }
        let ids = (0..<count).map { _ in JSONText.Fragment.string(Submitter.freshID().text) }
        return .json(.object(["ids": .raw(.array(ids))]))
    }

    private func problemPage(_ text: String) throws -> Response {
        let title = RequestProblem.Kind(rawValue: text)?.title ?? StepProblems.titles[text]
        guard let title else { throw HTTPError(.notFound) }
        let page =
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>\(title)</title><h1>\(title)</h1><p>Problem type <code>\(text)</code> of Stepstream; the problem's detail says more.</p></html>"
        return Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: "default-src 'none'"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page))
        )
    }
}

/// The problems of steps that the engine itself makes.
enum StepProblems {
    static let titles = [
        "poison-step": "The step kills its workers", "canceled": "The operation was canceled",
        "step-timeout": "The step did not answer in time",
        "handler-error": "The handler threw an error", "no-handler": "No worker has the handler of this step",
        "handler-input": "The handler cannot read the input",
    ]
}
