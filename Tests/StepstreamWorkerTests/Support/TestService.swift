import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import StepstreamTesting
import Synchronization
import Testing

/// A service that answers every request with the same bytes, well-formed or not.
final class TestService: Sendable {
    struct Request: Sendable {
        var head: HTTPRequestHead
        var body: String
    }

    enum Answer: Sendable {
        /// These bytes; the connection stays open.
        case bytes(String)
        /// These bytes, then the connection is closed.
        case bytesAndEnd(String)
        /// Nothing at all.
        case silence
    }

    let port: Int
    /// `request` for each request that came in whole.
    let signals = NamedSignals()
    private let channel: any Channel
    private let received: Received

    final class Received: Sendable {
        let requests = Mutex([Request]())
        let connections = Mutex(0)
    }

    /// How many connections were made.
    var connections: Int { received.connections.withLock { $0 } }
    var requests: [Request] { received.requests.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)/step?x=1" }

    /// A service that speaks TLS where `tls` is given.
    init(_ answer: Answer, tls: NIOSSLContext? = nil) async throws {
        let received = Received()
        let signals = signals
        self.received = received
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    received.connections.withLock { $0 += 1 }
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
                    try channel.pipeline.syncOperations.addHandlers([decoder, AnsweringHandler(answer, received, signals)])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func close() async throws {
        try await channel.close().get()
    }
}

private final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let reply: TestService.Answer
    private let received: TestService.Received
    private let signals: NamedSignals
    private var head: HTTPRequestHead?
    private var body = ""

    init(_ answer: TestService.Answer, _ received: TestService.Received, _ signals: NamedSignals) {
        reply = answer
        self.received = received
        self.signals = signals
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ""
        case .body(let part):
            body += String(buffer: part)
        case .end:
            if let head { received.requests.withLock { $0.append(.init(head: head, body: body)) } }
            signals.emit("request")
            send(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What servers without TLS do when someone begins a handshake.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer("400 Bad Request"))), promise: nil)
        context.close(promise: nil)
    }

    private func send(_ context: ChannelHandlerContext) {
        switch reply {
        case .bytes(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .bytesAndEnd(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            context.close(promise: nil)
        case .silence:
            break
        }
    }
}

/// An answer with its length.
func answer(_ status: String, _ fields: [String] = [], body: String = "") -> String {
    (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + fields).joined(separator: "\r\n") + "\r\n\r\n" + body
}
