import Stepstream
import Synchronization

/// The topology, asked for once a second at most, however many ask here.
final class TopologyCache: Sendable {
    private let store: any TopologyStore
    private let asked = Mutex<(time: ContinuousClock.Instant, task: Task<Result<Topology, StoreError>, Never>)?>(nil)

    init(store: any TopologyStore) {
        self.store = store
    }

    /// The topology, not older than a second.
    func current() async throws(StoreError) -> Topology {
        let now = ContinuousClock.now
        let task = asked.withLock { asked in
            if let asked, now - asked.time < .seconds(1) { return asked.task }
            // Waited for by everyone who asks within the second, so it belongs to none of their tasks.
            let task = Task { [store] in
                do throws(StoreError) {
                    return Result<Topology, StoreError>.success(Topology(try await store.topology()))
                } catch {
                    return .failure(error)
                }
            }
            asked = (now, task)
            return task
        }
        return try await task.value.get()
    }
}
