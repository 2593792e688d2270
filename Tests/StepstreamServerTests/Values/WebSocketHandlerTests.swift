import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("WebSocket deadlines")
struct WebSocketHandlerTests {
    /// Stands for a network that takes nothing: holds what is written until it is let go.
    private final class HeldWrites: ChannelOutboundHandler {
        typealias OutboundIn = WebSocketFrame

        var frames: [WebSocketFrame] = []
        var promises: [EventLoopPromise<Void>?] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            frames.append(unwrapOutboundIn(data))
            promises.append(promise)
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            let held = promises
            promises = []
            for promise in held { promise?.fail(ChannelError.ioOnClosedChannel) }
            context.close(mode: mode, promise: promise)
        }

        func release() {
            let held = promises
            promises = []
            for promise in held { promise?.succeed() }
        }
    }

    private let channel = EmbeddedChannel()
    private let network = HeldWrites()
    private let handler: WebSocketHandler

    init() throws {
        handler = WebSocketHandler(limits: WebSocketLimits(), messages: AsyncStream.makeStream(of: String.self).continuation)
        try channel.pipeline.syncOperations.addHandlers([network, handler])
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/peer"), promise: nil)
    }

    private func receive(_ opcode: WebSocketOpcode, _ text: String = "") throws {
        try channel.writeInbound(WebSocketFrame(fin: true, opcode: opcode, maskKey: [0, 0, 0, 0], data: ByteBuffer(string: text)))
    }

    private var codes: [UInt16] {
        network.frames.filter { $0.opcode == .connectionClose }.compactMap { $0.data.getInteger(at: $0.data.readerIndex) }
    }

    @Test("A write that is not taken in ten seconds ends it with 1013; two more, and the connection is cut")
    func stalls() throws {
        #expect(handler.send("a") != nil)
        #expect(handler.send("b") == nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        network.release()
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(codes.isEmpty)
        let answer = try #require(handler.send("b"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(11))
        #expect(codes == [1013])
        #expect(throws: Closure.slow) { try answer.wait() }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test("A network that takes nothing stalls it without a message of ours too, and nothing more is read")
    func unwritable() throws {
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(codes == [1013])
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test("Every twenty seconds a ping; without a pong by the next it ends")
    func silence() throws {
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(network.frames.map(\.opcode) == [.ping])
        try receive(.pong)
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(network.frames.map(\.opcode) == [.ping, .ping])
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(codes == [1011])
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test("The closing handshake, begun by either side")
    func closing() throws {
        handler.close(.goingAway)
        #expect(codes == [1001])
        #expect(handler.send("late") == nil)
        #expect(channel.isActive)
        try receive(.connectionClose)
        #expect(!channel.isActive)
    }
}
