import Synchronization

/// A flag that one task sleeps on and any task may raise. Raising it twice before it is seen counts once.
///
/// Not built on `AsyncStream`: that one ends for good when a task that waits for its next element is canceled, which is how every wait
/// with a deadline ends.
package final class Wakeup: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// A flag that is down.
    package init() {}

    /// Raises the flag.
    package func raise() {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter else {
                state.isRaised = true
                return nil as CheckedContinuation<Void, Never>?
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Waits until the flag is raised, `deadline` passes, or the task is canceled, and lowers the flag. For one waiting task at a time.
    package func wait(until deadline: Duration?, on clock: any MonotonicClock) async {
        guard let deadline else { return await waitUntilRaised() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitUntilRaised() }
            group.addTask {
                // Cancellation ends the sleep early, and with it the wait: nothing is lost by returning.
                do { try await clock.sleep(until: deadline) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitUntilRaised() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // A cancellation after this look finds the waiter, one before it is seen here.
                    let isOver = state.isRaised || Task.isCancelled
                    if isOver { state.isRaised = false } else { state.waiter = continuation }
                    return isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
