package import Stepstream
import Synchronization

/// Something that is read from the store now and then, however many ask for it.
package final class SharedRead<Value: Sendable, Failure: Error>: Sendable {
    private let age: Duration
    private let read: @Sendable () async throws(Failure) -> Value
    private let asked = Mutex<(time: ContinuousClock.Instant, task: Task<Result<Value, Failure>, Never>)?>(nil)

    /// What `read` reads, not older than `age`.
    package init(age: Duration, read: @escaping @Sendable () async throws(Failure) -> Value) {
        self.age = age
        self.read = read
    }

    package func current() async throws(Failure) -> Value {
        let now = ContinuousClock.now
        let task = asked.withLock { asked in
            if let asked, now - asked.time < age { return asked.task }
            // Waited for by everyone who asks meanwhile, so it belongs to none of their tasks.
            let task = Task { [read] () -> Result<Value, Failure> in
                do throws(Failure) {
                    return .success(try await read())
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

/// The state of health of the store, not older than a second.
package typealias SharedHealth = SharedRead<StoreHealth, Never>
/// The topology, not older than a second.
package typealias SharedTopology = SharedRead<Topology, StoreError>

extension StoreRoles {
    var sharedHealth: SharedHealth {
        SharedRead(age: .seconds(1)) { [health] () async throws(Never) in await health.health() }
    }

    var sharedTopology: SharedTopology {
        SharedRead(age: .seconds(1)) { [topology] () async throws(StoreError) in Topology(try await topology.topology()) }
    }
}
