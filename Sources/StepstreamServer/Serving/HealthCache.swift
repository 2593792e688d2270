import Stepstream
import Synchronization

/// The state of health of the store, asked for once a second at most, however many ask here.
final class HealthCache: Sendable {
    private let store: any OperationStore
    private let asked = Mutex<(time: ContinuousClock.Instant, task: Task<StoreHealth, Never>)?>(nil)

    init(store: any OperationStore) {
        self.store = store
    }

    /// The state of health, not older than a second.
    func current() async -> StoreHealth {
        let now = ContinuousClock.now
        let task = asked.withLock { asked in
            if let asked, now - asked.time < .seconds(1) { return asked.task }
            // Waited for by everyone who asks within the second, so it belongs to none of their tasks.
            let task = Task { [store] in await store.health() }
            asked = (now, task)
            return task
        }
        return await task.value
    }
}
