import NIOCore
import Synchronization

/// One command, or a pipeline of several, on its way to Redis and back. Has one slot in the queue, and is resumed once.
///
/// A canceled call keeps its slot as a tombstone: its replies still come, and are dropped.
final class Call: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Result<[RedisReply], RedisError>, Never>?
        var replies: [RedisReply] = []
        var isFinished = false
    }

    let commands: [RedisCommand]
    let deadline: NIODeadline
    private let state = Mutex(State())

    init(_ commands: [RedisCommand], deadline: NIODeadline) {
        self.commands = commands
        self.deadline = deadline
    }

    /// Whether nobody waits any more.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Starts the call with `start` and waits for its replies, also when the task is canceled.
    func repliesUncancelled(_ start: (Call) -> Void) async -> Result<[RedisReply], RedisError> {
        await withCheckedContinuation { continuation in
            state.withLock { $0.continuation = continuation }
            start(self)
        }
    }

    /// Starts the call with `start` and waits for its replies.
    func replies(_ start: (Call) -> Void) async -> Result<[RedisReply], RedisError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if !state.isFinished { state.continuation = continuation }
                    return state.isFinished
                }
                if isCancelled { return continuation.resume(returning: .failure(Call.cancelled)) }
                start(self)
            }
        } onCancel: {
            fail(Call.cancelled)
        }
    }

    /// Takes a reply; true when it was the last.
    func take(_ reply: RedisReply) -> Bool {
        let (continuation, replies, isLast) = state.withLock { state in
            state.replies.append(reply)
            guard state.replies.count == commands.count else {
                return (nil as CheckedContinuation<Result<[RedisReply], RedisError>, Never>?, [RedisReply](), false)
            }
            state.isFinished = true
            defer { state.continuation = nil }
            return (state.continuation, state.replies, true)
        }
        continuation?.resume(returning: .success(replies))
        return isLast
    }

    /// Ends the call with an error, unless it has ended.
    func fail(_ error: RedisError) {
        let continuation = state.withLock { state in
            state.isFinished = true
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: .failure(error))
    }

    static var cancelled: RedisError { RedisError(.cancelled, "The task that made the call was canceled.") }
}
