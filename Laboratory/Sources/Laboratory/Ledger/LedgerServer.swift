import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// The ledger as a service over HTTP; a process of its own, so that nothing that is done to the program is done to it.
public enum LedgerServer {
    /// Serves until standard input closes, so that it ends with whoever started it.
    ///
    /// - Parameter journal: the file of the ledger.
    /// - Throws: when it cannot listen, or the file cannot be opened.
    public static func run(journal: String) async throws {
        let ledger = Ledger(journal: try Journal(journal))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(LedgerConnection(ledger))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        FileHandle.standardOutput.write(Data("ledger 127.0.0.1:\(channel.localAddress?.port ?? 0)\n".utf8))
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while let data = try? FileHandle.standardInput.read(upToCount: 1), !data.isEmpty {}
                continuation.resume()
            }
        }
        try await channel.close()
    }
}

/// One connection; one call at a time.
private final class LedgerConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let ledger: Ledger
    private var epoch: Int64 = 0
    private var body = ByteBuffer()
    private var pending: Ledger.Call?
    private var isOpen = true

    init(_ ledger: Ledger) {
        self.ledger = ledger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            epoch = head.headers.first(name: "Stepstream-Epoch").flatMap { Int64($0) } ?? 0
            body = ByteBuffer()
        case .body(var part): body.writeBuffer(&part)
        case .end: take(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let pending { ledger.gone(pending) }
        pending = nil
        isOpen = false
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The program's processes are killed all the time; the close that follows is what is noted.
        context.close(promise: nil)
    }

    private func take(_ context: ChannelHandlerContext) {
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        let answered = NIOLoopBoundBox(false, eventLoop: eventLoop)
        let call = ledger.take(Data(body.readableBytesView), epoch: epoch) { time, then in
            // Work whose caller has gone away is not begun any more, as in a service that looks.
            eventLoop.scheduleTask(in: .milliseconds(time)) { if bound.value.0.isOpen { then() } }
        } answer: { answer in
            eventLoop.execute {
                answered.value = true
                let (connection, context) = bound.value
                connection.give(answer, context)
            }
        }
        if !answered.value { pending = call }
    }

    private func give(_ answer: Ledger.Answer, _ context: ChannelHandlerContext) {
        pending = nil
        guard case .status(let status, let text) = answer else { return context.close(promise: nil) }
        let headers = HTTPHeaders([("Content-Type", "application/json"), ("Content-Length", "\(text.utf8.count)")])
        let head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
