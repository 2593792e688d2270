import Logging
import NIOCore
import Synchronization

/// Told what happens on a link. All of it is called on the link's event loop.
protocol LinkObserver: AnyObject, Sendable {
    /// A connection stands. The call returned, if any, is sent before all that wait.
    func linkConnected() -> Call?
    func linkPushed(_ message: RedisReply)
}

/// One lasting connection of many tasks: calls queue up here, and one connection after the other serves them.
///
/// The queue is shared and behind a lock; the connection's own state lives on its event loop. A task that sends wakes the event
/// loop once, and all calls that came until it looks leave in one write.
final class Link: ConnectionOwner, Sendable {
    /// The most bytes of calls joined into one write.
    private static let batchBytes = 1024 * 1024

    struct State {
        var queue: CallQueue<Call>
        var connection: NIOLoopBound<ConnectionHandler>?
        var report: RedisConnectionState {
            didSet {
                for watcher in watchers { watcher.connected() }
                watchers = []
            }
        }
        /// Calls of ``waitUntil(_:)``, resumed at every change.
        var watchers: [Call] = []
        /// Calls of ``waitUntilConnected()``.
        var waiters: [Call] = []
        var isRunning = false
        var drained: UnsafeContinuation<Void, Never>?

        /// Whoever waits for the last call to be done, once it is.
        mutating func takeDrained() -> UnsafeContinuation<Void, Never>? {
            guard queue.isDrained else { return nil }
            defer { drained = nil }
            return drained
        }
    }

    let connector: Connector
    let eventLoop: any EventLoop
    let logger: Logger
    let role: ConnectionMachine<Call>.Role
    private let observer: (any LinkObserver)?
    private let timeLimit: TimeAmount
    private let state: Mutex<State>

    init(
        connector: Connector,
        role: ConnectionMachine<Call>.Role,
        eventLoop: any EventLoop,
        observer: (any LinkObserver)? = nil,
        logger: Logger
    ) {
        self.connector = connector
        self.eventLoop = eventLoop
        self.observer = observer
        self.role = role
        var logger = logger
        logger[metadataKey: LogKey.endpoint] = "\(connector.configuration.place)"
        self.logger = logger
        timeLimit = TimeAmount(connector.configuration.commandTimeout)
        state = Mutex(
            State(
                queue: CallQueue(limits: connector.configuration.limits),
                report: .disconnected(since: .now, lastError: nil)
            )
        )
    }

    var report: RedisConnectionState { state.withLock { $0.report } }

    /// Commands accepted and not answered yet.
    var queueLength: Int { state.withLock { $0.queue.calls } }

    // MARK: Calls, from any task

    func perform(_ payload: Call.Payload) async -> Call.Outcome {
        await Call(payload, deadline: .now() + timeLimit).outcome { submit($0) }
    }

    /// Sends without a task; `callback` gets the outcome on the event loop or wherever the call fails.
    func perform(_ payload: Call.Payload, callback: @escaping @Sendable (Call.Outcome) -> Void) {
        submit(Call(payload, deadline: .now() + timeLimit, callback: callback))
    }

    private func submit(_ call: Call) {
        let entry = call.entry
        let (admission, connection) = state.withLock { ($0.queue.offer(entry), $0.connection) }
        switch admission {
        case .refused(let error):
            call.fail(error)
        case .queued(let drain, let moment):
            if let moment { watch(at: moment) }
            if drain, let connection { eventLoop.execute { self.drain(connection.value) } }
        }
    }

    /// Returns when a connection stands; throws when the server refuses us, and once the link is closed.
    func waitUntilConnected() async throws(RedisError) {
        let call = Call(.connection, deadline: .distantFuture)
        let outcome = await call.outcome { call in
            let refusal: RedisError? = state.withLock { state in
                switch state.queue.phase {
                case .connected:
                    call.connected()
                case .closed:
                    return Self.closed()
                case .disconnected:
                    if let refusal = state.queue.refusal { return refusal }
                    state.waiters.removeAll { $0.isFinished }
                    state.waiters.append(call)
                }
                return nil
            }
            if let refusal { call.fail(refusal) }
        }
        if case .failed(let error) = outcome { throw error }
    }

    /// Returns once `condition` holds for the report; throws when the task is cancelled.
    func waitUntil(_ condition: (RedisConnectionState) -> Bool) async throws(RedisError) {
        while true {
            let call = Call(.connection, deadline: .distantFuture)
            let outcome = await call.outcome { call in
                let holds = state.withLock { state in
                    if condition(state.report) { return true }
                    state.watchers.removeAll { $0.isFinished }
                    state.watchers.append(call)
                    return false
                }
                if holds { call.connected() }
            }
            if case .failed(let error) = outcome { throw error }
            if condition(report) { return }
        }
    }

    private static func closed() -> RedisError {
        RedisError(.closed, "the Redis client is shut down", class: .notApplied)
    }

    // MARK: The connection, on its event loop

    private func drain(_ handler: ConnectionHandler) {
        // While it cannot send, connectionWritable or the next connection comes for the rest.
        while handler.canSend {
            let entries = state.withLock { $0.queue.take(upTo: Self.batchBytes) }
            if entries.isEmpty { return }
            handler.send(entries)
        }
    }

    func connectionReady(_ handler: ConnectionHandler) {
        let waiters = state.withLock { state in
            guard state.queue.connected() else { return [Call]() }
            state.connection = NIOLoopBound(handler, eventLoop: eventLoop)
            state.report = .connected(since: .now)
            defer { state.waiters = [] }
            return state.waiters
        }
        if let warning = handler.warning {
            logger.notice("Redis refused an optional step of the login", metadata: [LogKey.error: "\(warning)"])
        }
        if let first = observer?.linkConnected() {
            let entry = first.entry
            if let moment = state.withLock({ $0.queue.adopt(entry) }) { watch(at: moment) }
            handler.send([entry])
        }
        drain(handler)
        for waiter in waiters { waiter.connected() }
    }

    func connectionWritable(_ handler: ConnectionHandler) {
        drain(handler)
    }

    func connectionPushed(_ message: RedisReply) {
        observer?.linkPushed(message)
    }

    func connectionReleased(calls: Int, bytes: Int) {
        let drained = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.queue.release(calls: calls, bytes: bytes)
            return state.takeDrained()
        }
        drained?.resume()
    }

    func connectionLost(_ error: RedisError) {
        state.withLock { state in
            state.queue.disconnected()
            state.connection = nil
            state.report = .disconnected(since: .now, lastError: error)
        }
    }

    private func watch(at moment: NIODeadline) {
        eventLoop.scheduleTask(deadline: moment) { self.checkDeadlines() }
    }

    private func checkDeadlines() {
        let now = NIODeadline.now()
        let written = state.withLock { $0.connection }?.value.checkDeadlines(now)
        let (expired, report, moment, drained) = state.withLock { state in
            let expired = state.queue.expire(now)
            return (expired, state.report, state.queue.nextWatch(written), state.takeDrained())
        }
        for call in expired { call.fail(Self.expired(report)) }
        if let moment { watch(at: moment) }
        drained?.resume()
    }

    private static func expired(_ report: RedisConnectionState) -> RedisError {
        let why =
            switch report {
            case .connected: "the connection takes no more commands"
            case .disconnected(_, nil): "there has been no connection yet; is the client's run() running?"
            case .disconnected(_, .some): "there is no connection"
            }
        return RedisError(
            .timedOut,
            "the command was not sent to Redis within the time limit: \(why)",
            class: .notApplied,
            cause: report.lastError
        )
    }
}

// MARK: Life

extension Link {
    /// Claims the right to run; false the second time.
    func start() -> Bool {
        state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
    }

    /// Takes no more calls; those accepted are finished.
    func shutDown() {
        let drained = state.withLock { state in
            state.queue.shutDown()
            return state.takeDrained()
        }
        drained?.resume()
    }

    /// Returns when a shutdown was asked for and all calls are done, or when the task is cancelled.
    func waitUntilDrained() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let done = state.withLock { state in
                    if state.queue.isDrained || Task.isCancelled { return true }
                    state.drained = continuation
                    return false
                }
                if done { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                defer { state.drained = nil }
                return state.drained
            }
            waiting?.resume()
        }
    }

    /// An attempt to connect failed.
    func connectFailed(_ error: RedisError) {
        let failed: [Call] = state.withLock { state in
            let since =
                if case .disconnected(let since, _) = state.report { since } else { ContinuousClock.now }
            state.report = .disconnected(since: since, lastError: error)
            guard error.errorClass == .configuration else {
                state.queue.disconnected()
                return []
            }
            defer { state.waiters = [] }
            return state.queue.refuse(error) + state.waiters
        }
        for call in failed { call.fail(error) }
        connectionReleased(calls: 0, bytes: 0)
    }

    /// Fails all that waits, and from now on every call.
    func close() {
        let failed = state.withLock { state in
            defer { state.waiters = [] }
            state.connection = nil
            if case .connected = state.report { state.report = .disconnected(since: .now, lastError: nil) }
            return state.queue.close() + state.waiters
        }
        for call in failed { call.fail(Self.closed()) }
    }
}
