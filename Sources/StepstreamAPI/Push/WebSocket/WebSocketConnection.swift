import NIOCore
import NIOHTTP1
import NIOWebSocket
import Stepstream

/// A WebSocket as the task that serves it sees it.
struct WebSocketConnection: Sendable {
    /// What the client says; ends with the connection, or when it begins to close.
    let messages: AsyncStream<String>
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketHandler>

    /// Turns the connection on which `101 Switching Protocols` has just been written into a WebSocket.
    ///
    /// - Throws: when the connection has closed meanwhile.
    static func take(over channel: any Channel, limits: WebSocketLimits) async throws -> WebSocketConnection {
        let (messages, continuation) = AsyncStream.makeStream(of: String.self)
        let handler = try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.handler(type: ConnectionGuard.self).release()
            let handler = WebSocketHandler(limits: limits, messages: continuation)
            let frames = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: MessageAssembly.limit))
            try pipeline.addHandlers([WebSocketFrameEncoder(), frames, handler], position: .after(decoder.handler))
            // What the client sent right behind its request goes to the new decoder.
            pipeline.removeHandler(context: encoder, promise: nil)
            pipeline.removeHandler(context: decoder, promise: nil)
            return NIOLoopBound(handler, eventLoop: channel.eventLoop)
        }.get()
        channel.read()
        return WebSocketConnection(messages: messages, channel: channel, handler: handler)
    }

    /// Sends `text`; returns once the system has taken it, so that nothing piles up for a client that does not read.
    ///
    /// - Throws: a `Closure` when the connection has ended, or ends because the client takes nothing.
    func send(_ text: String) async throws {
        try await channel.eventLoop.flatSubmit { [handler, channel] in
            handler.value.send(text) ?? channel.eventLoop.makeFailedFuture(Closure.goingAway)
        }.get()
    }

    /// A message has been dealt with; the next may be read.
    func took() {
        channel.eventLoop.execute { [handler] in handler.value.took() }
    }

    /// Closes, and returns when the connection is gone; that takes as long as `WebSocketLimits.linger` at most.
    func close(_ closure: Closure) async {
        channel.eventLoop.execute { [handler] in handler.value.close(closure) }
        do {
            try await channel.closeFuture.get()
        } catch {
            // How it ended makes no difference here.
            return
        }
    }
}
