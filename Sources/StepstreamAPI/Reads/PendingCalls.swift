import Stepstream
import Synchronization

/// The calls of requests that are on their way to the store, so that none of them waits any longer once the store is known to be away.
final class PendingCalls: Sendable {
    private struct State {
        var last = 0
        var giveUp: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// The outcome of `call`; or, when `giveUp` comes first, that nobody knows it. Once begun the call goes on on `executor`; nil: on the pool.
    func outcome<Answer: Sendable>(
        on executor: (any TaskExecutor)?,
        of call: @escaping @Sendable () async -> Result<Answer, StoreError>
    ) async -> Result<Answer, StoreError> {
        let outcome = Announcement<Result<Answer, StoreError>>()
        let number = state.withLock { state in
            state.last += 1
            state.giveUp[state.last] = {
                outcome.give(
                    .failure(StoreError(.indeterminate, "The store did not answer; whether it applied the call is unknown."))
                )
            }
            return state.last
        }
        // Waited for here; when given up, by nobody: it ends by the time limit of its command. Begun on this very thread.
        Task.immediate(executorPreference: executor) { outcome.give(await call()) }
        defer { state.withLock { _ = $0.giveUp.removeValue(forKey: number) } }
        return await outcome.value()
    }

    /// Ends all waits.
    func giveUp() {
        for giveUp in state.withLock({ Array($0.giveUp.values) }) { giveUp() }
    }
}
