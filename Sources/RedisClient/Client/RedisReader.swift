import NIOCore
import Synchronization

/// A connection for blocking reads (`XREADGROUP … BLOCK`), one at a time. It connects at the first read and again after it was
/// lost; whoever made it calls ``close()`` in the end.
package final class RedisReader: Sendable {
    /// How long a cancelled read may take to be freed before the connection is given up instead.
    private static let unblockLimit = TimeAmount.milliseconds(500)

    private struct State {
        var connection: Connection?
        var isReading = false
        var isClosed = false
        /// Attempts to connect that failed in a row.
        var failures = 0
        /// When the time limits are looked at next.
        var watched: NIODeadline?
    }

    private let connector: Connector
    private let unblocker: Link
    private let eventLoop: any EventLoop
    private let state = Mutex(State())

    init(connector: Connector, unblocker: Link, eventLoop: any EventLoop) {
        self.connector = connector
        self.unblocker = unblocker
        self.eventLoop = eventLoop
    }

    /// Sends `command` and waits for its reply for `block` and the command timeout on top.
    ///
    /// `block` is the time the command itself says with `BLOCK`; a command that waits for ever (`BLOCK 0`) has no place here. An
    /// error reply is thrown. After failed attempts to connect the next one waits its backoff first, so a loop around this
    /// function does not spin while Redis is down.
    ///
    /// Cancelling the task frees the read through the client's shared connection (`CLIENT UNBLOCK`), or else closes the
    /// connection. What the read had already got by then is returned, not lost; otherwise it throws
    /// ``RedisError/Code/cancelled``.
    package func read(_ command: RedisCommand, block: Duration) async throws(RedisError) -> RedisReply {
        if Task.isCancelled { throw Self.cancelled() }
        try begin()
        defer { state.withLock { $0.isReading = false } }
        let connection = try await connection()
        let limit = TimeAmount(block) + TimeAmount(connector.configuration.commandTimeout)
        let call = Call(.command(command), deadline: .now() + limit)
        let outcome = await call.outcome(
            onCancel: { call in self.free(call, on: connection) },
            submit: { call in self.send(call, on: connection) }
        )
        switch outcome {
        case .reply(let reply):
            if let error = reply.error {
                if Task.isCancelled, error.code == .unblocked { throw Self.cancelled() }
                throw error
            }
            if Task.isCancelled, reply.isNull { throw Self.cancelled() }
            return reply
        case .failed(let error):
            // Only a connection that is gone fails a read.
            state.withLock { $0.connection = nil }
            throw error
        case .replies:
            throw RedisError(.unexpectedReply, "a read got several replies", class: .indeterminate)
        }
    }

    /// Closes the connection; a read under way fails, and so does every later one.
    package func close() {
        let connection = state.withLock { state in
            state.isClosed = true
            defer { state.connection = nil }
            return state.connection
        }
        connection?.close(Self.closed())
    }

    private func begin() throws(RedisError) {
        let problem: RedisError? = state.withLock { state in
            if state.isClosed { return Self.closed() }
            if state.isReading {
                return RedisError(.refusedCommand, "a reader reads for one task at a time: make another reader", class: .other)
            }
            state.isReading = true
            return nil
        }
        if let problem { throw problem }
    }

    private func connection() async throws(RedisError) -> Connection {
        let (standing, failures) = state.withLock { ($0.connection, $0.failures) }
        if let standing { return standing }
        do throws(RedisError) {
            try await pause(after: failures)
            let made = try await connector.connect(on: eventLoop, role: .commands, identify: true, owner: self)
            let isClosed = state.withLock { state in
                state.failures = 0
                // It may have been lost again already; then it stays out, and the read on it fails at once.
                if made.channel.isActive, !state.isClosed { state.connection = made }
                return state.isClosed
            }
            if isClosed {
                made.close(Self.closed())
                throw Self.closed()
            }
            return made
        } catch {
            if error.code != .cancelled { state.withLock { $0.failures += 1 } }
            throw error
        }
    }

    private func pause(after failures: Int) async throws(RedisError) {
        guard failures > 0 else { return }
        let pause = connector.configuration.reconnect.pause(after: failures, chance: Double.random(in: 0...1))
        do {
            try await Task.sleep(for: pause)
        } catch {
            throw Self.cancelled()
        }
    }

    private func send(_ call: Call, on connection: Connection) {
        let handler = connection.handler
        eventLoop.execute { handler.value.send([call.entry]) }
        watch(connection, at: call.deadline)
    }

    /// One timer for many short reads: it is set again when it fires, not for each of them.
    private func watch(_ connection: Connection, at moment: NIODeadline) {
        let isEarliest = state.withLock { state in
            if let watched = state.watched, watched <= moment { return false }
            state.watched = moment
            return true
        }
        guard isEarliest else { return }
        eventLoop.scheduleTask(deadline: moment) {
            self.state.withLock { $0.watched = nil }
            if let next = connection.handler.value.checkDeadlines(.now()) { self.watch(connection, at: next) }
        }
    }

    private static func cancelled() -> RedisError {
        RedisError(.cancelled, "the task was cancelled while it read from Redis", class: .cancelled)
    }

    private static func closed() -> RedisError {
        RedisError(.closed, "the Redis reader is closed", class: .notApplied)
    }
}

extension RedisReader {
    /// Ends a read whose task was cancelled. An UNBLOCK that comes too late frees the next read early, which then looks like one
    /// that found nothing in time.
    private func free(_ call: Call, on connection: Connection) {
        let giveUp: @Sendable () -> Void = {
            if !call.isFinished { connection.handler.value.close(Self.cancelled()) }
        }
        guard let id = connection.clientID else { return eventLoop.execute(giveUp) }
        unblocker.perform(.command(RedisCommand("CLIENT", "UNBLOCK", id))) { [eventLoop] outcome in
            // 0: it is not blocked, or not blocked yet. Without the right to unblock there is an error reply.
            if case .reply(let reply) = outcome, reply.integer == 1 { return }
            eventLoop.execute(giveUp)
        }
        eventLoop.scheduleTask(in: Self.unblockLimit, giveUp)
    }
}

extension RedisReader: ConnectionOwner {
    func connectionReady(_ handler: ConnectionHandler) {}

    func connectionWritable(_ handler: ConnectionHandler) {}

    func connectionReleased(calls: Int, bytes: Int) {}

    func connectionPushed(_ message: RedisReply) {}

    func connectionLost(_ error: RedisError) {
        state.withLock { $0.connection = nil }
    }
}
