import Stepstream
import Synchronization

/// Something that is read from the store now and then, however many ask for it.
final class SharedRead<Value: Sendable>: Sendable {
    typealias Answer = Result<Value, StoreError>

    private let age: Duration
    private let read: @Sendable () async throws(StoreError) -> Value
    private let asked = Mutex<(time: ContinuousClock.Instant, task: Task<Answer, Never>)?>(nil)

    /// What `read` reads, not older than `age`.
    init(age: Duration, read: @escaping @Sendable () async throws(StoreError) -> Value) {
        self.age = age
        self.read = read
    }

    func current() async throws(StoreError) -> Value {
        let now = ContinuousClock.now
        let task = asked.withLock { asked in
            if let asked, now - asked.time < age { return asked.task }
            // Waited for by everyone who asks meanwhile, so it belongs to none of their tasks.
            let task = Task { [read] () -> Answer in
                do throws(StoreError) {
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
