import NIOCore
import Synchronization

/// One call of a task: a command or a pipeline, the time it may take, and whoever waits for the answer.
///
/// It is resumed exactly once, by whichever comes first: the last reply, a failure or the cancellation of its task. Its place
/// among the calls of a connection stays taken until the server has answered, so a cancelled call swallows its own replies and
/// no neighbour gets them.
final class Call: Sendable {
    enum Payload: Sendable {
        case command(RedisCommand)
        case pipeline([RedisCommand])
        /// Nothing to send: waits for the connection.
        case connection
    }

    enum Outcome: Sendable {
        case reply(RedisReply)
        case replies([RedisReply])
        case failed(RedisError)
    }

    private enum Waiter {
        case nobody
        case task(UnsafeContinuation<Outcome, Never>)
        case callback(@Sendable (Outcome) -> Void)
        case finished
    }

    private struct State {
        var waiter: Waiter
        var replies: [RedisReply] = []
    }

    let payload: Payload
    let deadline: NIODeadline
    let byteCount: Int
    private let state: Mutex<State>

    /// A call of a task, or of nobody in particular: `callback`, if there is one, gets the outcome, on the event loop or
    /// wherever the call fails.
    init(_ payload: Payload, deadline: NIODeadline, callback: (@Sendable (Outcome) -> Void)? = nil) {
        self.payload = payload
        self.deadline = deadline
        byteCount =
            switch payload {
            case .command(let command): command.byteCount
            case .pipeline(let commands): commands.reduce(0) { $0 + $1.byteCount }
            case .connection: 0
            }
        state = Mutex(State(waiter: callback.map { .callback($0) } ?? .nobody))
    }

    var entry: CallQueue<Call>.Entry {
        CallQueue<Call>.Entry(item: self, bytes: byteCount, replies: commandCount, deadline: deadline)
    }

    /// The replies the server owes.
    var commandCount: Int {
        switch payload {
        case .command: 1
        case .pipeline(let commands): commands.count
        case .connection: 0
        }
    }

    /// Whether nobody waits any more.
    var isFinished: Bool {
        state.withLock { if case .finished = $0.waiter { true } else { false } }
    }

    func write(to buffer: inout ByteBuffer) {
        switch payload {
        case .command(let command): command.write(to: &buffer)
        case .pipeline(let commands): for command in commands { command.write(to: &buffer) }
        case .connection: break
        }
    }

    /// Suspends the task until the outcome; `submit` hands the call on.
    ///
    /// Cancelling the task calls `onCancel`, or without one ends the wait at once.
    func outcome(onCancel: (@Sendable (Call) -> Void)? = nil, submit: (Call) -> Void) async -> Outcome {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if arm(continuation) { submit(self) }
            }
        } onCancel: {
            if let onCancel { onCancel(self) } else { cancel() }
        }
    }

    private func arm(_ continuation: UnsafeContinuation<Outcome, Never>) -> Bool {
        let armed = state.withLock { state in
            if case .finished = state.waiter { return false }
            state.waiter = .task(continuation)
            return true
        }
        if !armed { continuation.resume(returning: .failed(Self.cancellation())) }
        return armed
    }

    private static func cancellation() -> RedisError {
        RedisError(.cancelled, "the task was cancelled while it waited for Redis", class: .cancelled)
    }

    func cancel() {
        finish(.failed(Self.cancellation()))
    }

    func fail(_ error: RedisError) {
        finish(.failed(error))
    }

    /// Takes the next reply; the last one ends the call.
    func receive(_ reply: RedisReply, isLast: Bool) {
        if case .command = payload { return finish(.reply(reply)) }
        let replies = state.withLock { state in
            if case .finished = state.waiter { return [RedisReply]() }
            state.replies.append(reply)
            return isLast ? state.replies : []
        }
        if isLast { finish(.replies(replies)) }
    }

    /// Ends the call with nothing: what it waited for has happened.
    func connected() {
        finish(.replies([]))
    }

    private func finish(_ outcome: Outcome) {
        let waiter = state.withLock { state in
            defer { state = State(waiter: .finished) }
            return state.waiter
        }
        switch waiter {
        case .task(let continuation): continuation.resume(returning: outcome)
        case .callback(let callback): callback(outcome)
        case .nobody, .finished: break
        }
    }
}
