import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Stepstream

/// Why a body that was being read ends: its connection was answered 408.
struct LateRequest: Error {}

/// Holds one connection to its deadlines, answers what cannot be read as HTTP, and closes after requests that were answered before they
/// had been read. Sits behind the codec and before everything that waits.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionTiming.Limits
    private let base: @Sendable () -> String
    private var timing: ConnectionTiming
    private var context: ChannelHandlerContext?
    private var armed: (time: NIODeadline, task: Scheduled<Void>)?
    private var isRefused = false
    private var closesAfterAnswer = false
    private var isAskedForUpgrade = false
    private var isReleased = false
    private var isGone = false
    private var whenGone: [() -> Void] = []

    /// A guard for one connection.
    ///
    /// - Parameters:
    ///   - limits: how long it may take for what.
    ///   - base: what the types of problems begin with.
    init(limits: ConnectionTiming.Limits, base: @escaping @Sendable () -> String) {
        self.limits = limits
        self.base = base
        timing = ConnectionTiming(limits: limits, openedAt: .now())
    }

    /// Calls `body` once when the client ends its side or the connection closes before the answer that is being made has ended.
    func onGone(_ body: @escaping () -> Void) {
        guard !isGone, context != nil else { return body() }
        whenGone.append(body)
    }

    /// From now on this is no HTTP connection, and has deadlines of its own.
    func release() {
        isReleased = true
        armed?.task.cancel()
        armed = nil
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        do {
            try context.pipeline.syncOperations.addHandler(ByteWatch { [unowned self] in bytesArrived() }, position: .first)
        } catch {
            // The connection closed while it was being set up.
            context.close(promise: nil)
        }
        if context.channel.isActive { opened() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        opened()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func opened() {
        timing = ConnectionTiming(limits: limits, openedAt: .now())
        arm()
    }

    private func end() {
        armed?.task.cancel()
        armed = nil
        tellGone()
    }

    private func tellGone() {
        isGone = true
        let listeners = whenGone
        whenGone = []
        for listener in listeners { listener() }
    }

    // MARK: Reading

    private func bytesArrived() {
        timing.bytes(at: .now())
        arm()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !timing.isDiscarding else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            timing.head(at: .now())
            isAskedForUpgrade = head.headerFields[.upgrade] != nil
        case .body: break
        case .end: timing.requestEnd(at: .now())
        }
        arm()
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            tellGone()
            if timing.isDiscarding { return context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            switch error {
            case .headerOverflow: refuse(RequestProblem(.headTooLarge), in: context)
            default: refuse(RequestProblem(.malformed, "The request is not valid HTTP/1.1 (RFC 9112)."), in: context)
            }
        } else if timing.isReadingRequest, !(error is ChannelError), !(error is IOError) {
            // The codec's: a head that HTTP/1 permits and HTTP does not.
            refuse(RequestProblem(.malformed, "The request has a method or header field that HTTP does not allow."), in: context)
        }
        context.fireErrorCaught(error)
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isRefused else {
            promise?.succeed()
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            timing.wrote(at: .now())
            // Behind a request that asks for another protocol the decoder reads nothing more.
            let isLast = isAskedForUpgrade && head.status != .switchingProtocols
            guard isLast || timing.isReadingBody && head.status.code >= 400 else { return context.write(data, promise: promise) }
            closesAfterAnswer = true
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            timing.wrote(at: .now())
            context.write(data, promise: promise)
            arm()
        case .end:
            timing.answerEnd(at: .now())
            whenGone = []
            if closesAfterAnswer {
                isRefused = true
                writeLast(data, in: context, promise: promise)
            } else {
                context.write(data, promise: promise)
                arm()
            }
        }
    }

    /// Answers `problem` and ends the connection; where another answer would be cut into, only ends it.
    private func refuse(_ problem: RequestProblem, in context: ChannelHandlerContext) {
        guard !isRefused, context.channel.isActive else { return }
        isRefused = true
        guard timing.canRefuse else { return context.close(promise: nil) }
        let text = problem.json(base: base(), instance: nil, request: nil).text
        let head = HTTPResponse(
            status: problem.kind.status,
            headerFields: [
                .contentType: "application/problem+json", .contentLength: String(text.utf8.count), .connection: "close",
                .cacheControl: "no-store",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(context.channel.allocator.buffer(string: text))), promise: nil)
        writeLast(wrapOutboundOut(.end(nil)), in: context, promise: nil)
    }

    private func writeLast(_ data: NIOAny, in context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        timing.discard(at: .now())
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.assumeIsolated().whenComplete { _ in
            // Our side ends; theirs is read to its end or the deadline.
            context.close(mode: .output, promise: nil)
        }
        context.writeAndFlush(data, promise: written)
        arm()
    }

    // MARK: Deadlines

    /// One timer at most: it is set anew only for an earlier deadline, and looks again when it fires.
    private func arm() {
        guard !isReleased, let context, let due = timing.deadline?.time else { return }
        if let armed {
            guard due < armed.time else { return }
            armed.task.cancel()
        }
        armed = (due, context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.timeIsUp() })
    }

    private func timeIsUp() {
        armed = nil
        guard let context, let deadline = timing.deadline else { return }
        guard deadline.time <= .now() else { return arm() }
        switch deadline.verdict {
        case .close: context.close(promise: nil)
        case .refuse:
            let words = timing.isReadingBody ? "The request did not arrive in time." : "The request header did not arrive in time."
            refuse(RequestProblem(.timeout, words), in: context)
            context.fireErrorCaught(LateRequest())
        }
    }
}

/// Tells that bytes have come, before they are decoded.
private final class ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let arrived: () -> Void

    init(_ arrived: @escaping () -> Void) {
        self.arrived = arrived
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrived()
        context.fireChannelRead(data)
    }
}
