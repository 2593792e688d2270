import NIOCore
import Synchronization

/// A connection for blocking reads (`XREADGROUP … BLOCK`), one at a time. It connects at the first read and again after it was
/// lost; whoever made it calls ``shutDown()`` or ``close()`` in the end.
package final class RedisReader: Sendable {
    /// How long a cancelled read may take to be freed before the connection is given up instead.
    private static let unblockLimit = TimeAmount.milliseconds(500)
    /// When a read that had not reached the server is tried to be freed again.
    private static let unblockPause = TimeAmount.milliseconds(2)

    private struct State {
        var connection: Connection?
        var isReading = false
        /// What has been sent and not answered yet.
        var sent: (call: Call, connection: Connection)?
        /// Calls of ``shutDown()`` that wait for the answer.
        var waiters: [UnsafeContinuation<Void, Never>] = []
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
        defer { end() }
        let connection = try await connection()
        let limit = TimeAmount(block) + TimeAmount(connector.configuration.commandTimeout)
        let call = Call(.command(command), deadline: .now() + limit)
        let isClosed = state.withLock { state in
            if !state.isClosed { state.sent = (call, connection) }
            return state.isClosed
        }
        if isClosed { throw Self.closed() }
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

    /// Frees a read under way, waits until it has ended, and closes the connection; every later read fails.
    ///
    /// When this returns nothing is delivered to this reader any more, and what had been delivered is in the hands of the task that read.
    /// A connection that is merely closed stays a consumer until the server notices. Takes half a second at most.
    package func shutDown() async {
        let sent = state.withLock { state in
            state.isClosed = true
            return state.sent
        }
        if let sent {
            free(sent.call, on: sent.connection)
            await withUnsafeContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.sent != nil { state.waiters.append(continuation) }
                    return state.sent == nil
                }
                if isOver { continuation.resume() }
            }
        }
        close()
    }

    /// Frees a read under way, which then ends like one that found nothing in time; the connection stays.
    package func wake() {
        guard let sent = state.withLock({ $0.sent }), let id = sent.connection.clientID else { return }
        wake(id, call: sent.call, until: .now() + Self.unblockLimit)
    }

    private func wake(_ id: Int, call: Call, until limit: NIODeadline) {
        unblocker.perform(.command(RedisCommand("CLIENT", "UNBLOCK", id))) { outcome in
            // Not blocked yet: it has just been answered, or has not reached the server. What fails otherwise ends with the read's own limit.
            guard case .reply(let reply) = outcome, reply.integer == 0, .now() < limit else { return }
            self.eventLoop.scheduleTask(in: Self.unblockPause) {
                if !call.isFinished { self.wake(id, call: call, until: limit) }
            }
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

    private func end() {
        let waiters = state.withLock { state in
            state.isReading = false
            state.sent = nil
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
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
    /// Ends a read that nobody wants any more. An UNBLOCK that comes too late frees the next read early, which then looks like one
    /// that found nothing in time.
    private func free(_ call: Call, on connection: Connection) {
        guard let id = connection.clientID else { return giveUp(call, on: connection) }
        let limit = NIODeadline.now() + Self.unblockLimit
        unblock(id, call: call, on: connection, until: limit)
        eventLoop.scheduleTask(deadline: limit) { self.giveUp(call, on: connection) }
    }

    private func unblock(_ id: Int, call: Call, on connection: Connection, until limit: NIODeadline) {
        unblocker.perform(.command(RedisCommand("CLIENT", "UNBLOCK", id))) { outcome in
            switch outcome {
            case .reply(let reply) where reply.integer == 1: return
            case .reply(let reply) where reply.integer == 0 && .now() < limit:
                // Not blocked: it has just been answered, or has not reached the server yet. To close the connection under it would
                // leave what it then gets to nobody.
                self.eventLoop.scheduleTask(in: Self.unblockPause) {
                    if !call.isFinished { self.unblock(id, call: call, on: connection, until: limit) }
                }
            case .reply, .replies, .failed: self.giveUp(call, on: connection)
            }
        }
    }

    private func giveUp(_ call: Call, on connection: Connection) {
        eventLoop.execute {
            if !call.isFinished { connection.handler.value.close(Self.cancelled()) }
        }
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
