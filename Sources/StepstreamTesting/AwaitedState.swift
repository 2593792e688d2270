import Synchronization

/// A value that tasks wait on: each waits until its condition on the value holds.
final class AwaitedState<Value: Sendable>: Sendable {
    private struct Waiter {
        let id: UInt64
        let isMet: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var value: Value
        var waiters: [Waiter] = []
        var cancelled: Set<UInt64> = []
        var lastID: UInt64 = 0
    }

    private let state: Mutex<State>

    init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    func read<R: Sendable>(_ body: (Value) -> R) -> R {
        state.withLock { body($0.value) }
    }

    /// Changes the value, then wakes whose condition holds now, in the order of their arrival.
    func update<R: Sendable>(_ change: (inout Value) -> R) -> R {
        let (result, woken) = state.withLock { state in
            let result = change(&state.value)
            let woken = state.waiters.filter { $0.isMet(state.value) }.map(\.continuation)
            state.waiters.removeAll { $0.isMet(state.value) }
            return (result, woken)
        }
        for continuation in woken { continuation.resume() }
        return result
    }

    /// Suspends until the condition holds; at once if it does already. Throws `CancellationError` when the task is cancelled.
    func wait(until isMet: @escaping @Sendable (Value) -> Bool) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { enter(Waiter(id: id, isMet: isMet, continuation: $0)) }
        } onCancel: {
            leave(id)
        }
    }

    private func enter(_ waiter: Waiter) {
        let outcome: Result<Void, any Error>? = state.withLock { state in
            if state.cancelled.contains(waiter.id) { return .failure(CancellationError()) }
            if waiter.isMet(state.value) { return .success(()) }
            state.waiters.append(waiter)
            return nil
        }
        if let outcome { waiter.continuation.resume(with: outcome) }
    }

    private func leave(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            // The cancellation may come before the waiter; `enter` finds the mark then.
            state.cancelled.insert(id)
            return state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }
}
