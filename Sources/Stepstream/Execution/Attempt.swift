import Synchronization

/// One attempt while its handler runs: whatever comes first, the handler's answer or a reason to give it up, ends it; the rest is ignored.
final class Attempt: Sendable {
    /// How an attempt can end.
    enum End: Sendable {
        case answered(Outcome)
        case timedOut
        case cancelRequested
        case leaseLost
        case drained
    }

    private struct State {
        var end: End?
        var continuation: UnsafeContinuation<End, Never>?
        var task: Task<Void, Never>?
        var wasBegun = false
    }

    /// When the step's time limit is up.
    let deadline: Duration
    private let state = Mutex(State())

    init(deadline: Duration) {
        self.deadline = deadline
    }

    /// Whether its body was begun; one that had ended before was not.
    var wasBegun: Bool { state.withLock { $0.wasBegun } }

    /// Runs `body` and returns how the attempt ended.
    func run(_ body: @escaping @Sendable () async -> Outcome) async -> End {
        await withUnsafeContinuation { continuation in
            let early = state.withLock { state in
                if state.end == nil {
                    state.continuation = continuation
                    state.wasBegun = true
                }
                return state.end
            }
            if let early { return continuation.resume(returning: early) }
            // Waited for through the continuation; a handler that ignores its cancellation is left behind, its answer dropped.
            let task = Task { self.finish(.answered(await body())) }
            let isOver = state.withLock { state in
                state.task = task
                return state.end != nil
            }
            if isOver { task.cancel() }
        }
    }

    /// Ends the attempt, unless it has ended.
    func finish(_ end: End) {
        let (continuation, task) = state.withLock { state in
            guard state.end == nil else { return (nil, nil) as (UnsafeContinuation<End, Never>?, Task<Void, Never>?) }
            state.end = end
            defer { state.continuation = nil }
            return (state.continuation, state.task)
        }
        if case .answered = end {} else { task?.cancel() }
        continuation?.resume(returning: end)
    }
}
