#if LABORATORY
/// Changes without an attempt, at which the process may die. Those of a passed deadline are a worker's, all others are asked for.
struct FaultyEditor: OperationEditor {
    let store: any OperationEditor
    let faults: FaultPlan

    func apply(_ transition: Transition, to operation: Operation) async throws(StoreError) -> CommitAnswer {
        faults.reach(transition.passesDeadline ? .beforeTakeBack : .beforeCancel)
        let answer = try await store.apply(transition, to: operation)
        if case .applied = answer { faults.reach(transition.passesDeadline ? .afterTakeBack : .afterCancel) }
        return answer
    }
}
#endif
