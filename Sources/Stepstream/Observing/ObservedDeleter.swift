/// Deletions that are measured.
struct ObservedDeleter: OperationDeleter {
    let store: any OperationDeleter
    let observer: OperationObserver

    func delete(_ id: OperationID) async throws(StoreError) -> DeleteAnswer {
        try await observer.watched { () throws(StoreError) in try await store.delete(id) }
    }
}
