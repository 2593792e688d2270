import Synchronization

/// A value that is given once and may be waited for by many. Whoever makes one sees to it that it is given.
package final class Announcement<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiting: [CheckedContinuation<Value, Never>] = []
    }

    private let state = Mutex(State())

    /// Nothing has been given yet.
    package init() {}

    /// The value, if it has been given.
    package var current: Value? { state.withLock { $0.value } }

    /// Gives the value; only the first one counts.
    package func give(_ value: Value) {
        let waiting = state.withLock { state in
            guard state.value == nil else { return [] as [CheckedContinuation<Value, Never>] }
            state.value = value
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    /// Waits for the value. Cancellation does not end the wait.
    package func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state in
                if state.value == nil { state.waiting.append(continuation) }
                return state.value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
