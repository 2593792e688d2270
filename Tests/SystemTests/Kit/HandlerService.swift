import NIOCore
import NIOHTTP1
import NIOPosix
import Stepstream
import Testing

@testable import StepstreamTesting

/// A service that steps call. It notes every call and answers as it was told to.
final class HandlerService: Sendable {
    /// One call as it came in.
    struct Call: Sendable {
        let path: String
        /// By lower-case name.
        let headers: [String: String]
        let body: String

        var key: String? { headers["idempotency-key"] }
        var attempt: Int? { headers["stepstream-attempt"].flatMap { Int($0) } }
        var epoch: Int64? { headers["stepstream-epoch"].flatMap { Int64($0) } }
        func json() throws -> JSONNode { try JSONNode.parse(body) }
    }

    /// What is done about a call.
    indirect enum Reply: Sendable {
        case answer(Int = 200, headers: [(String, String)] = [], body: String = "{}")
        /// Bytes as they are, whatever they mean, and then the end of the connection.
        case raw(String)
        /// The connection is cut.
        case cut
        /// Nothing, until the test releases it; for good, if it never does.
        case held(then: Reply = .answer())
    }

    private struct Book: Sendable {
        var calls: [Call] = []
        var plans: [String: [Reply]] = [:]
        var held: [(path: String, reply: Reply, channel: any Channel)] = []
    }

    private let book = AwaitedState(Book())
    private let listener = AwaitedState((any Channel)?.none)

    /// Starts listening on a free port.
    static func start() async throws -> HandlerService {
        let service = HandlerService()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Only the decoder: answers are written byte by byte, so that they can be wrong.
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try channel.pipeline.syncOperations.addHandler(Connection(service))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        service.listener.update { $0 = channel }
        return service
    }

    func stop() async throws {
        try await listener.read(\.self)?.close()
    }

    /// The URL of `path`.
    func url(_ path: String) throws -> String {
        let port = try #require(listener.read { $0?.localAddress?.port })
        return "http://127.0.0.1:\(port)\(path)"
    }

    /// Plans the next calls of `path`, one reply each; the last one is for all calls after it, too. Unplanned paths answer `200 {}`.
    func plan(_ path: String, _ replies: Reply...) { plan(path, replies) }

    /// The same, from a list.
    func plan(_ path: String, _ replies: [Reply]) {
        book.update { $0.plans[path] = replies }
    }

    /// All calls of `path` so far.
    func calls(_ path: String) -> [Call] {
        book.read { $0.calls.filter { $0.path == path } }
    }

    /// Waits until `path` was called so many times, and returns these calls.
    @discardableResult
    func wait(_ path: String, count: Int) async throws -> [Call] {
        try await book.wait { $0.calls.count { $0.path == path } >= count }
        return calls(path)
    }

    /// Answers all held calls of `path`.
    func release(_ path: String) {
        let released = book.update { book in
            defer { book.held.removeAll { $0.path == path } }
            return book.held.filter { $0.path == path }
        }
        for held in released { held.channel.eventLoop.execute { Connection.write(held.reply, on: held.channel) } }
    }

    private func take(_ call: Call, on channel: any Channel) -> Reply? {
        book.update { book in
            book.calls.append(call)
            var plan = book.plans[call.path] ?? []
            let reply = plan.first ?? .answer()
            if plan.count > 1 { plan.removeFirst() }
            book.plans[call.path] = plan
            guard case .held(let then) = reply else { return reply }
            book.held.append((call.path, then, channel))
            return nil
        }
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = ByteBuffer

        private let service: HandlerService
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(_ service: HandlerService) { self.service = service }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body.clear()
            case .body(var part):
                body.writeBuffer(&part)
            case .end:
                guard let head else { return }
                let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 }
                let call = Call(path: head.uri, headers: headers, body: String(buffer: body))
                if let reply = service.take(call, on: context.channel) { Self.write(reply, on: context.channel) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            // A caller that was killed; its calls have been noted.
            context.close(promise: nil)
        }

        static func write(_ reply: Reply, on channel: any Channel) {
            switch reply {
            case .answer(let status, let headers, let body):
                // A body behind a 204 would be read as the answer to the next call (RFC 9112 §6.3).
                let body = status == 204 ? "" : body
                var text = "HTTP/1.1 \(status) Status\r\n" + (status == 204 ? "" : "content-length: \(body.utf8.count)\r\n")
                for (name, value) in headers { text += "\(name): \(value)\r\n" }
                // A caller that was killed meanwhile reads no answer.
                channel.writeAndFlush(ByteBuffer(string: text + "\r\n" + body), promise: nil)
            case .raw(let bytes):
                channel.writeAndFlush(ByteBuffer(string: bytes)).whenComplete { _ in channel.close(promise: nil) }
            case .cut:
                channel.close(promise: nil)
            case .held:
                break
            }
        }
    }
}
