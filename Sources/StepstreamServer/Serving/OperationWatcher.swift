import Stepstream

/// Waits for an operation to become what a client waits for, on the store's notices: nothing is polled.
struct OperationWatcher: Sendable {
    let store: any OperationStore

    /// The operation once `isWanted` holds, or as it is when `limit` is over or the task is canceled; nil when it is gone.
    func wait(
        for operation: Operation,
        atMost limit: Duration,
        until isWanted: @escaping @Sendable (Operation) -> Bool
    ) async throws(StoreError) -> Operation? {
        let id = operation.id
        let found = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await notice in store.changes(of: id) {
                    if case .event(let event) = notice, event.sequence <= operation.version { continue }
                    do throws(StoreError) {
                        guard let current = try await store.read(id, withEvents: false) else { return true }
                        if isWanted(current) { return true }
                    } catch {
                        return true
                    }
                }
                return false
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return false }
                return false
            }
            let found = await group.next() ?? false
            group.cancelAll()
            return found
        }
        _ = found
        return try await store.read(id, withEvents: false)
    }
}
