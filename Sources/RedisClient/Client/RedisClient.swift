package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A client of one Redis: one shared connection for pipelined commands, and on request connections of their own for blocking reads and
/// subscriptions.
package final class RedisClient: Service, Sendable {
    /// How the shared connection is.
    package enum Status: Sendable {
        case disconnected(since: ContinuousClock.Instant, reason: String)
        case connected(since: ContinuousClock.Instant)
    }

    private struct State {
        var connection: RedisConnection?
        var status = Status.disconnected(since: .now, reason: "not yet connected")
        var waiting: [Call] = []
        var isFlushScheduled = false
        var isClosed = false
        var lastError: RedisError?
        var connectWaiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The settings.
    package let configuration: RedisConfiguration
    /// What went over the wire, on all connections.
    package let statistics = RedisStatistics()
    let group: any EventLoopGroup
    let logger: Logger
    private let state = Mutex(State())

    /// A client; calls wait for `run()` to connect.
    package init(
        _ configuration: RedisConfiguration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger
    ) {
        self.configuration = configuration
        group = eventLoopGroup
        self.logger = logger
    }

    /// How the shared connection is.
    package var status: Status { state.withLock { $0.status } }

    /// Sends a command and waits for its reply; an error reply is returned, not thrown.
    package func send(_ command: RedisCommand) async throws(RedisError) -> RedisReply {
        try await send([command])[0]
    }

    /// Sends commands in one write and waits for all replies; error replies stay in their place.
    package func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        guard !commands.isEmpty else { return [] }
        for command in commands where Self.forbidden.contains(command.name) {
            throw RedisError(.forbidden, "\(command.name) must not be sent on the shared connection.")
        }
        let call = Call(commands, deadline: .now() + TimeAmount(configuration.commandTimeout))
        return try await call.replies(enqueue).get()
    }

    /// Runs a script by its digest; one that Redis does not know (after a restart, a failover, SCRIPT FLUSH) is loaded and run again, once.
    package func evaluate(_ script: RedisScript, keys: RedisArguments, arguments: RedisArguments) async throws(RedisError) -> RedisReply {
        var head = RedisArguments()
        head.append(script.digest)
        head.append(keys.count)
        let call = RedisCommand("EVALSHA", arguments: head, keys, arguments)
        let reply = try await send(call)
        guard reply.error?.code == .noScript else { return reply }
        let replies = try await send([RedisCommand("SCRIPT", "LOAD", script.source), call])
        if let error = replies[0].error {
            throw RedisError(error.code, "Script \(script.name) cannot be loaded: \(error.message)", cause: error)
        }
        return replies[1]
    }

    /// A connection of its own for blocking reads.
    package func makeReader() -> RedisReader { RedisReader(self) }

    /// A connection of its own for subscriptions.
    package func makeSubscriber() -> RedisSubscriber { RedisSubscriber(self) }

    /// Blocking commands and those that change what replies mean would harm the neighbours on the shared connection.
    private static let forbidden: Set<String> = [
        "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "HELLO", "BLPOP", "BRPOP", "BLMOVE", "XREAD", "XREADGROUP", "WAIT", "MULTI",
        "COMMAND",
    ]

    // MARK: Queueing

    private func enqueue(_ call: Call) {
        let (error, connection) = state.withLock { state -> (RedisError?, RedisConnection?) in
            if state.isClosed { return (RedisError(.closed, "The Redis client has been shut down."), nil) }
            if state.connection == nil, let last = state.lastError, last.errorClass == .configuration { return (last, nil) }
            if state.waiting.count >= configuration.limits.calls {
                return (RedisError(.overloaded, "More than \(configuration.limits.calls) calls wait for Redis."), nil)
            }
            state.waiting.append(call)
            guard let connection = state.connection, !state.isFlushScheduled else { return (nil, nil) }
            state.isFlushScheduled = true
            return (nil, connection)
        }
        if let error { call.fail(error) }
        // What other tasks enqueue until the loop gets there leaves in the same write.
        connection?.channel.eventLoop.execute { self.flush() }
    }

    private func flush() {
        let (connection, calls) = state.withLock { state in
            state.isFlushScheduled = false
            guard let connection = state.connection else { return (nil as RedisConnection?, [Call]()) }
            defer { state.waiting = [] }
            return (connection, state.waiting)
        }
        connection?.write(calls)
    }

    // MARK: Life

    /// Connects, and connects again whenever the connection is lost, until graceful shutdown or cancelation.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.stayConnected() }
        let (connection, waiting) = state.withLock { state in
            state.isClosed = true
            defer {
                state.connection = nil
                state.waiting = []
            }
            return (state.connection, state.waiting)
        }
        for call in waiting { call.fail(RedisError(.closed, "The Redis client has been shut down.")) }
        connection?.close()
    }

    private func stayConnected() async {
        var pause = configuration.reconnectPause
        while !Task.isCancelled {
            do throws(RedisError) {
                let connection = try await RedisConnection.connect(configuration, on: group, statistics: statistics)
                pause = configuration.reconnectPause
                opened(connection)
                await withTaskCancellationHandler {
                    await connection.closed()
                } onCancel: {
                    connection.close()
                }
                lost(RedisError(.connectionLost, "Redis closed the connection."))
            } catch {
                lost(error)
                pause = min(pause * 2, configuration.maximumReconnectPause)
            }
            // Canceled only when the client ends: the loop's condition sees it.
            do { try await Task.sleep(for: pause * Double.random(in: 0.5...1)) } catch { return }
        }
    }

    private func opened(_ connection: RedisConnection) {
        statistics.connected()
        let waiters = state.withLock { state in
            state.connection = connection
            state.status = .connected(since: .now)
            state.lastError = nil
            state.isFlushScheduled = true
            defer { state.connectWaiters = [] }
            return state.connectWaiters
        }
        logger.info("Connected to Redis", metadata: ["address": "\(configuration)"])
        for waiter in waiters { waiter.resume() }
        connection.channel.eventLoop.execute { self.flush() }
    }

    private func lost(_ error: RedisError) {
        let (isNews, overdue) = state.withLock { state in
            let isNews = state.lastError?.message != error.message
            if case .connected = state.status { state.status = .disconnected(since: .now, reason: error.message) }
            state.connection = nil
            state.isFlushScheduled = false
            state.lastError = error
            let now = NIODeadline.now()
            let isHopeless = error.errorClass == .configuration
            let overdue = state.waiting.filter { isHopeless || $0.deadline <= now }
            if !overdue.isEmpty { state.waiting.removeAll { isHopeless || $0.deadline <= now } }
            return (isNews, overdue)
        }
        if isNews, !Task.isCancelled {
            logger.warning("Not connected to Redis", metadata: ["address": "\(configuration)", "error": "\(error)"])
        }
        for call in overdue {
            call.fail(error.errorClass == .configuration ? error : RedisError(.notConnected, error.message, cause: error))
        }
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
