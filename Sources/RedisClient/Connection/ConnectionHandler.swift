import NIOCore

/// Whoever has a connection. All of it is called on the connection's event loop.
protocol ConnectionOwner: AnyObject, Sendable {
    /// Logged in: calls may be sent from now on, already from inside this call.
    func connectionReady(_ handler: ConnectionHandler)
    /// The socket takes bytes again after it did not.
    func connectionWritable(_ handler: ConnectionHandler)
    /// Calls were answered, or given up, and their room in the queue is free.
    func connectionReleased(calls: Int, bytes: Int)
    /// A message to a subscriber.
    func connectionPushed(_ message: RedisReply)
    /// The connection is gone; its unanswered calls fail next. Reported once, and only after it was ready.
    func connectionLost(_ error: RedisError)
}

/// Carries out what the ``ConnectionMachine`` decides, between a channel and the calls. Lives on the channel's event loop.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Buffers up to this size are kept for the next write.
    private static let keptCapacity = 1024 * 1024

    private var machine: ConnectionMachine<Call>
    private let login: Login
    private let decoder: ReplyDecoder
    private let owner: any ConnectionOwner
    private let statistics: StatisticsCounters
    private let loginDone: EventLoopPromise<Int?>
    private let gone: EventLoopPromise<RedisError>
    private let loginLimit: TimeAmount
    private var context: ChannelHandlerContext?
    private var loginTimer: Scheduled<Void>?
    private var outgoing = ByteBuffer()
    /// Why the connection is being closed, if we close it ourselves.
    private var reason: RedisError?
    /// An optional login step that was refused, for the log.
    private(set) var warning: RedisError?
    /// Whether another server may be the primary, so that a replica is to be left.
    private let leavesReplica: Bool
    private var foundReplica = false

    init(
        role: ConnectionMachine<Call>.Role,
        login: Login,
        configuration: RedisConfiguration,
        owner: any ConnectionOwner,
        statistics: StatisticsCounters,
        loginDone: EventLoopPromise<Int?>,
        gone: EventLoopPromise<RedisError>
    ) {
        self.login = login
        machine = ConnectionMachine(role: role, login: login)
        decoder = ReplyDecoder(limits: configuration.limits)
        self.owner = owner
        self.statistics = statistics
        self.loginDone = loginDone
        self.gone = gone
        loginLimit = TimeAmount(configuration.connectTimeout)
        leavesReplica = configuration.sentinels != nil
    }

    /// Whether calls may be sent now.
    var canSend: Bool {
        machine.isReady && context?.channel.isWritable == true
    }

    // MARK: Calls

    /// Writes `entries` at once and flushes. Only when the connection ``canSend``; leaves out the calls that nobody waits for.
    func send(_ entries: CircularBuffer<CallQueue<Call>.Entry>) {
        guard let context, machine.isReady else { return refuse(entries) }
        outgoing.clear(minimumCapacity: entries.reduce(0) { $0 + $1.bytes })
        var abandoned = (calls: 0, bytes: 0)
        var commands = 0
        for entry in entries {
            if entry.item.isFinished {
                abandoned.calls += entry.replies
                abandoned.bytes += entry.bytes
                continue
            }
            entry.item.write(to: &outgoing)
            machine.wrote(entry.item, bytes: entry.bytes, replies: entry.replies, deadline: entry.deadline)
            commands += entry.replies
        }
        if abandoned.calls > 0 { owner.connectionReleased(calls: abandoned.calls, bytes: abandoned.bytes) }
        guard outgoing.readableBytes > 0 else { return }
        statistics.wrote(commands: commands, bytes: outgoing.readableBytes)
        context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
        if outgoing.capacity > Self.keptCapacity { outgoing = ByteBuffer() }
    }

    private func refuse(_ entries: CircularBuffer<CallQueue<Call>.Entry>) {
        let error = RedisError(
            .connectionLost,
            "the connection to Redis was lost before the command was sent",
            class: .notApplied,
            cause: reason
        )
        for entry in entries {
            owner.connectionReleased(calls: entry.replies, bytes: entry.bytes)
            entry.item.fail(error)
        }
    }

    /// The moment the next time limit ends. Closes the connection if one is over.
    func checkDeadlines(_ now: NIODeadline) -> NIODeadline? {
        if machine.isOverdue(now) {
            close(
                RedisError(
                    .timedOut,
                    "Redis did not answer within the time limit; whether the command was applied is unknown",
                    class: .indeterminate
                )
            )
        }
        return machine.nextDeadline
    }

    /// Whether a call is under way.
    var isBusy: Bool { machine.count > 0 }

    /// Closes the connection; calls under way fail with `error`.
    func close(_ error: RedisError) {
        if reason == nil { reason = error }
        // Fails the calls now: a TLS channel closes only after the other side has agreed.
        lose(error)
        context?.close(mode: .all, promise: nil)
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        lose(reason ?? hangUp())
        self.context = nil
    }

    private func hangUp() -> RedisError {
        machine.isReady
            ? RedisError(.connectionLost, "Redis closed the connection", class: .indeterminate)
            : RedisError(.connectFailed, "Redis closed the connection before the login was done", class: .notApplied)
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard loginTimer == nil, !machine.isClosed else { return }
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        loginTimer = context.eventLoop.scheduleTask(in: loginLimit) {
            handler.value.close(
                RedisError(.timedOut, "Redis did not answer the login in time", class: .notApplied)
            )
        }
        var bytes = ByteBuffer()
        for command in login.commands { command.write(to: &bytes) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        statistics.read(bytes: bytes.readableBytes)
        var released = (calls: 0, bytes: 0)
        do throws(RedisError) {
            try decoder.feed(bytes) { handle($0, releasing: &released) }
        } catch {
            close(error)
        }
        if released.calls > 0 { owner.connectionReleased(calls: released.calls, bytes: released.bytes) }
        // After all replies that came with it have reached their calls.
        if foundReplica {
            close(RedisError(.notPrimary, "this Redis has become a replica; the primary is looked for", class: .indeterminate))
        }
    }

    @inline(__always)
    private func handle(_ reply: RedisReply, releasing released: inout (calls: Int, bytes: Int)) {
        switch machine.received(reply) {
        case .answer(let call, let reply, let last, let calls, let bytes):
            if last {
                released.calls += calls
                released.bytes += bytes
            }
            if leavesReplica, reply.kind == .error, reply.error?.code == .readOnly { foundReplica = true }
            call.receive(reply, isLast: last)
        case .push(let message):
            owner.connectionPushed(message)
        case .wait, .ignore:
            break
        case .ready(let clientID, let warning):
            loginTimer?.cancel()
            self.warning = warning
            statistics.connected()
            owner.connectionReady(self)
            loginDone.succeed(clientID)
        case .close(let error):
            close(error)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if canSend { owner.connectionWritable(self) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose(reason ?? hangUp())
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(ConnectionFailure.describe(error, loggingIn: !machine.isReady))
    }

    /// Fails what is under way. Harmless the second time.
    private func lose(_ error: RedisError) {
        guard !machine.isClosed else { return }
        let wasReady = machine.isReady
        loginTimer?.cancel()
        let slots = machine.lost()
        // Before the calls fail: whoever sees one fail finds the connection gone.
        if wasReady {
            owner.connectionLost(error)
        } else if loginTimer != nil {
            loginDone.fail(error)
        }
        // Else the socket was never connected: the attempt itself knows why, and reports it.
        var released = (calls: 0, bytes: 0)
        var first = true
        for slot in slots {
            released.calls += slot.replies
            released.bytes += slot.bytes
            slot.item.fail(first ? error : Self.neighbour(of: error))
            first = false
        }
        if released.calls > 0 { owner.connectionReleased(calls: released.calls, bytes: released.bytes) }
        gone.succeed(error)
    }

    /// The error of the calls behind the one that `error` is about: they had been written too.
    private static func neighbour(of error: RedisError) -> RedisError {
        guard error.errorClass != .indeterminate || error.code == .timedOut else { return error }
        return RedisError(
            .connectionLost,
            "the connection to Redis was lost with the command on its way; whether it was applied is unknown",
            class: .indeterminate,
            cause: error
        )
    }
}
