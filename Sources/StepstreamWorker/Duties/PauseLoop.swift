import Stepstream
import Synchronization

/// Heeds which queues are paused: nothing more is taken from them, what is claimed already is done.
struct PauseLoop: Sendable {
    let store: any QueueStore
    let reading: any ReadingControl
    let paused: PausedQueues
    let retry: StoreRetry
    let clock: any MonotonicClock
    /// Raised when something may have changed.
    let wakeup = Wakeup()

    /// Returns when the task is canceled.
    func run() async {
        while !Task.isCancelled {
            do throws(StoreError) {
                let queues = try await store.pausedQueues()
                retry.succeeded(.pauses)
                paused.set(queues)
                await reading.pause(queues)
            } catch {
                await retry.pause(.pauses, after: error)
                continue
            }
            await wakeup.wait(until: nil, on: clock)
        }
    }
}

/// The queues that this worker knows to be paused.
final class PausedQueues: Sendable {
    private let queues = Mutex(Set<Name>())

    func set(_ queues: Set<Name>) {
        self.queues.withLock { $0 = queues }
    }

    func contains(_ queue: Name) -> Bool { queues.withLock { $0.contains(queue) } }
}
