/// Changes without an attempt that are measured.
struct ObservedEditor: OperationEditor {
    let store: any OperationEditor
    let observer: OperationObserver

    func apply(_ transition: Transition, to operation: Operation) async throws(StoreError) -> CommitAnswer {
        let answer = try await observer.watched { () throws(StoreError) in try await store.apply(transition, to: operation) }
        if case .applied = answer { observer.applied(transition, of: operation, after: nil) }
        return answer
    }
}
