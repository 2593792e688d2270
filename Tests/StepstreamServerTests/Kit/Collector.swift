import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream
import StepstreamTesting
import Synchronization
import Testing

/// Takes spans as a collector of OpenTelemetry does.
final class Collector: Sendable {
    private let bodies = Mutex<[String]>([])

    /// What is answered to the next requests; after them all is taken.
    private let plan: Mutex<[Reply]>

    /// An answer that is not the usual one.
    struct Reply: Sendable {
        var status: HTTPResponse.Status = .ok
        var headers: HTTPFields = [:]
        var body = "{}"
    }

    private init(_ plan: [Reply]) {
        self.plan = Mutex(plan)
    }

    static func with(answering plan: [Reply] = [], _ body: (Collector, String) async throws -> Void) async throws {
        let collector = Collector(plan)
        let router = Router()
        router.post("/v1/traces") { request, _ -> Response in
            let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
            guard request.headers[.contentType] == "application/json" else { return Response(status: .unsupportedMediaType) }
            collector.bodies.withLock { $0.append(text) }
            let reply = collector.plan.withLock { $0.isEmpty ? Reply() : $0.removeFirst() }
            return Response(status: reply.status, headers: reply.headers, body: .init(byteBuffer: ByteBuffer(string: reply.body)))
        }
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in continuation.yield(channel.localAddress?.port ?? 0) },
            logger: .quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            let port = try #require(await ports.first { _ in true })
            try await body(collector, "http://127.0.0.1:\(port)")
            group.cancelAll()
        }
    }

    /// How many requests there were.
    var requests: Int { bodies.withLock { $0.count } }

    /// The spans of all requests, in the order in which they ended.
    func spans() throws -> [JSONNode] {
        try bodies.withLock { $0 }.flatMap { body in
            let resources = try JSONNode.parse(body).member("resourceSpans")?.elements ?? []
            return resources.flatMap { $0.member("scopeSpans")?.elements ?? [] }.flatMap { $0.member("spans")?.elements ?? [] }
        }
    }
}
