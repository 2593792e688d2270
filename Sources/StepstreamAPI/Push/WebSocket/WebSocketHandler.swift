import NIOCore
import NIOHTTP1
import NIOWebSocket
import Stepstream

/// A WebSocket on its event loop: control frames, deadlines, and the closing handshake (RFC 6455 §5.5, §7).
///
/// Of what the client sends a few messages wait at most, of what it is sent one; then nothing more is read from it. What stands behind in
/// the pipeline is the HTTP exchange that the socket grew out of: to it this is an answer that is still being written.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = WebSocketFrame

    private enum State: Equatable {
        case open
        /// Our close frame is sent, and the client's is not here.
        case closing
        case over
    }

    /// So many messages may wait before nothing more is read.
    private static let room = 16

    private let limits: WebSocketLimits
    private let messages: AsyncStream<String>.Continuation
    private var assembly = MessageAssembly()
    private var state = State.open
    private var context: ChannelHandlerContext?
    private var waiting = 0
    private var owesRead = false
    private var owesPong = false
    private var sending: EventLoopPromise<Void>?
    private var stall: Scheduled<Void>?
    private var timer: Scheduled<Void>?

    init(limits: WebSocketLimits, messages: AsyncStream<String>.Continuation) {
        self.limits = limits
        self.messages = messages
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        schedulePing(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        state = .over
        timer?.cancel()
        stall?.cancel()
        messages.finish()
        failSending(.goingAway)
    }

    private func failSending(_ closure: Closure) {
        let promise = sending
        sending = nil
        promise?.fail(closure)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .over else { return }
        switch assembly.take(unwrapInboundIn(data)) {
        case .nothing: break
        case .pong: owesPong = false
        case .text(let text) where state == .open:
            waiting += 1
            messages.yield(text)
        case .ping(let data) where state == .open: write(.pong, data: data, in: context, promise: nil)
        case .text, .ping: break
        case .closed where state == .closing: context.close(promise: nil)
        case .closed(let answer): close(answer, thenEnds: .all)
        case .refused(let closure): refuse(closure, in: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: refuse(.tooLarge, in: context)
        case is NIOWebSocketError: refuse(.violation("A control frame must not be fragmented and has at most 125 bytes."), in: context)
        default: context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Half a WebSocket is none.
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    private var isPaused: Bool { waiting >= Self.room || context?.channel.isWritable == false }

    func read(context: ChannelHandlerContext) {
        if isPaused && state == .open { owesRead = true } else { context.read() }
    }

    private func readOn() {
        guard owesRead, !isPaused, let context else { return }
        owesRead = false
        context.read()
    }

    /// A message has been dealt with.
    func took() {
        waiting -= 1
        readOn()
    }

    // MARK: Writing

    /// What belongs to the HTTP exchange goes nowhere any more.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.succeed()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        watchForStall()
        readOn()
        context.fireChannelWritabilityChanged()
    }

    /// Sends a message; done once the system has it. One at a time.
    func send(_ text: String) -> EventLoopFuture<Void>? {
        guard let context, state == .open, sending == nil else { return nil }
        let answer = context.eventLoop.makePromise(of: Void.self)
        let written = context.eventLoop.makePromise(of: Void.self)
        sending = answer
        written.futureResult.assumeIsolated().whenComplete { result in
            guard let sending = self.sending else { return }
            self.sending = nil
            sending.completeWith(result)
            self.watchForStall()
        }
        write(.text, data: context.channel.allocator.buffer(string: text), in: context, promise: written)
        watchForStall()
        return answer.futureResult
    }

    private func write(
        _ opcode: WebSocketOpcode,
        data: ByteBuffer,
        in context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>?
    ) {
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data)), promise: promise)
    }

    /// Whoever takes nothing for too long is closed, and hears why if it reads on.
    private func watchForStall() {
        let isWaiting = state == .open && (sending != nil || context?.channel.isWritable == false)
        if !isWaiting {
            stall?.cancel()
            stall = nil
        } else if stall == nil, let context {
            stall = context.eventLoop.assumeIsolated().scheduleTask(in: limits.stall) { self.close(.slow) }
        }
    }

    // MARK: Pings and the end

    private func schedulePing(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limits.ping) { self.ping() }
    }

    private func ping() {
        guard let context, state == .open else { return }
        // While nothing is read, a pong cannot be heard.
        if owesPong && !isPaused { return close(.silent) }
        owesPong = true
        write(.ping, data: ByteBuffer(), in: context, promise: nil)
        schedulePing(context)
    }

    /// Sends a close frame; the connection ends when the client has answered, or after some time.
    func close(_ closure: Closure) {
        close(closure, thenEnds: nil)
    }

    /// With a mode, that much is closed as soon as the close frame is written; without, the client is to answer first.
    private func close(_ closure: Closure, thenEnds mode: CloseMode?) {
        guard let context, state == .open else { return }
        state = .closing
        stall?.cancel()
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limits.linger) { context.close(promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        if let mode { written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: nil) } }
        write(.connectionClose, data: closure.payload, in: context, promise: written)
        failSending(closure)
        messages.finish()
        // What the client still sends is read for its answer only.
        owesRead = false
        context.read()
    }

    /// Closes because nothing more can be understood: our side ends at once, theirs is read to its end or the deadline, because an answer
    /// that is followed by a reset may be lost.
    private func refuse(_ closure: Closure, in context: ChannelHandlerContext) {
        guard state == .open else { return context.close(promise: nil) }
        close(closure, thenEnds: .output)
        state = .over
    }
}

/// How long a WebSocket may take for what.
struct WebSocketLimits: Sendable {
    /// How often it is asked whether it still listens, and how long it may take to answer.
    var ping: TimeAmount = .seconds(20)
    /// How long it may take nothing of what is sent.
    var stall: TimeAmount = .seconds(10)
    /// How long it may take to answer a close frame.
    var linger: TimeAmount = .seconds(2)
}
