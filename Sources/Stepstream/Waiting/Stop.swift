import Synchronization

/// The moment from which no new work is taken. Raised once; any number of tasks may wait for it.
package final class Stop: Sendable {
    private struct State {
        var isRaised = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var isRaised: Bool { state.withLock(\.isRaised) }

    package func raise() {
        let waiters = state.withLock { state in
            state.isRaised = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when it is raised or the task is canceled.
    package func wait() async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // A cancellation after this look finds the waiter, one before it is seen here.
                    let isOver = state.isRaised || Task.isCancelled
                    if !isOver { state.waiters[number] = continuation }
                    return isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }

    /// Sleeps until `deadline`, and not longer than until it is raised or the task is canceled.
    package func sleep(until deadline: Duration, on clock: any MonotonicClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask {
                // Cancellation ends the sleep early; whoever slept looks at the state of things anyway.
                do { try await clock.sleep(until: deadline) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
