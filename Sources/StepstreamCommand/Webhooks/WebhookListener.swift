import NIOCore
import NIOHTTP1
import NIOPosix
import Stepstream

/// A receiver of webhooks on 127.0.0.1.
struct WebhookListener: Sendable {
    let check: WebhookCheck
    let report: @Sendable (String) -> Void

    /// Receives until the process ends.
    func run(port: Int) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [check, report] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(WebhookConnection(check: check, report: report))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        report("Listening on http://127.0.0.1:\(channel.localAddress?.port ?? port)")
        try await channel.closeFuture.get()
    }
}

/// One connection of a sender.
private final class WebhookConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let bodyLimit = 1 << 20
    private let check: WebhookCheck
    private let report: @Sendable (String) -> Void
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(check: WebhookCheck, report: @escaping @Sendable (String) -> Void) {
        self.check = check
        self.report = report
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part):
            if body.readableBytes + part.readableBytes > Self.bodyLimit { return context.close(promise: nil) }
            body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            answer(head, in: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        report("refused  the connection broke: \(error)")
        context.close(promise: nil)
    }

    private func answer(_ request: HTTPRequestHead, in context: ChannelHandlerContext) {
        let field = { (name: String) in request.headers.first(name: name) }
        let id = field("webhook-id")
        let refusal = check.refusal(
            id: id,
            timestamp: field("webhook-timestamp"),
            signature: field("webhook-signature"),
            body: Array(body.readableBytesView)
        )
        if let refusal {
            report("refused  \(id ?? "-")  \(refusal)")
        } else {
            report("verified \(id ?? "-")  \(String(buffer: body))")
        }
        let text = refusal.map { $0 + "\n" } ?? ""
        var head = HTTPResponseHead(version: request.version, status: refusal == nil ? .noContent : .unauthorized)
        if refusal != nil {
            head.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
            head.headers.add(name: "content-length", value: String(text.utf8.count))
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if refusal != nil { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
