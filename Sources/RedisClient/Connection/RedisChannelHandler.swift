import NIOCore

/// Matches replies to calls. Lives on its channel's event loop.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var queue = CallQueue()
    private let reader: ReplyReader
    private let statistics: RedisStatistics
    private let onPush: (@Sendable (RedisReply) -> Void)?
    private let maximumCalls: Int
    private var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var failure: RedisError?

    init(limits: RedisConfiguration.Limits, statistics: RedisStatistics, onPush: (@Sendable (RedisReply) -> Void)?) {
        reader = ReplyReader(limits: .init(bytes: limits.replyBytes, elements: limits.replyElements))
        maximumCalls = limits.calls
        self.statistics = statistics
        self.onPush = onPush
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Writes calls in one go; those whose task is gone before anything was written are left out.
    func write(_ calls: [Call]) {
        guard let context, failure == nil, context.channel.isActive else {
            let error =
                failure.map { RedisError(.notConnected, $0.message) } ?? RedisError(.notConnected, "The connection to Redis is closed.")
            for call in calls { call.fail(error) }
            return
        }
        let calls = calls.filter { !$0.isFinished }
        guard !calls.isEmpty else { return }
        let size = calls.reduce(0) { $0 + $1.commands.reduce(0) { $0 + $1.size } }
        var buffer = context.channel.allocator.buffer(capacity: size)
        for call in calls {
            for command in call.commands { command.write(to: &buffer) }
            queue.append(call)
        }
        statistics.wrote(calls.reduce(0) { $0 + $1.commands.count }, bytes: buffer.readableBytes)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        watchDeadline(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        statistics.read(bytes: buffer.readableBytes)
        do throws(RedisError) {
            try buffer.withUnsafeReadableBytes { bytes throws(RedisError) in try reader.feed(bytes) }
            while let reply = try reader.next() { try deliver(reply) }
        } catch {
            fail(error, context)
        }
    }

    private func deliver(_ reply: RedisReply) throws(RedisError) {
        if let onPush, queue.isEmpty || reply.isPush { return onPush(reply) }
        guard let call = queue.first else {
            throw RedisError(.protocolViolation, "Redis sent a reply nobody asked for: \(reply.string ?? "an array")")
        }
        if call.take(reply) { queue.removeFirst() }
    }

    /// The first call's time limit; when it is up, the connection goes, because the late reply would be taken for the next call's.
    private func watchDeadline(_ context: ChannelHandlerContext) {
        guard deadline == nil, let first = queue.first else { return }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(deadline: first.deadline) { [self] in
            deadline = nil
            guard let first = queue.first, let context = self.context else { return }
            if first.deadline <= .now() {
                fail(RedisError(.timeout, "Redis did not answer \(first.commands.first?.name ?? "") in time."), context)
            } else {
                watchDeadline(context)
            }
        }
    }

    private func fail(_ error: RedisError, _ context: ChannelHandlerContext) {
        if failure == nil { failure = error }
        for call in queue.removeAll() { call.fail(error) }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(RedisError(.connectionLost, "The connection to Redis broke: \(error)", cause: error), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        fail(RedisError(.connectionLost, "Redis closed the connection."), context)
        context.fireChannelInactive()
    }
}

/// The calls whose replies are outstanding, oldest first.
struct CallQueue {
    private var calls: [Call?] = []
    private var head = 0

    var isEmpty: Bool { head == calls.count }
    var first: Call? { isEmpty ? nil : calls[head] }

    mutating func append(_ call: Call) {
        calls.append(call)
    }

    mutating func removeFirst() {
        calls[head] = nil
        head += 1
        if head == calls.count || head > 4096 {
            calls.removeFirst(head)
            head = 0
        }
    }

    mutating func removeAll() -> [Call] {
        defer {
            calls = []
            head = 0
        }
        return calls[head...].compactMap(\.self)
    }
}

extension RedisReply {
    /// Whether it is a message or a confirmation of a subscribed connection.
    var isPush: Bool {
        guard kind == .array, count >= 3, let word = self[0].string else { return false }
        return word == "message" || word == "subscribe" || word == "unsubscribe"
    }
}
