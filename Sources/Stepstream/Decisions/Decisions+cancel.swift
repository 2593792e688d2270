extension Decisions {
    /// What a request to cancel leads to; nil when it changes nothing (ended, already being taken back, or already asked for).
    ///
    /// After a pivot the operation only goes forward, so then it changes nothing either. Work that waits is canceled at once. A running
    /// attempt is notified, and what it then reports decides.
    package func cancel(_ operation: Operation) -> Transition? {
        guard !isGoingBack(operation), !operation.cancelRequested, !hasPassedPivot(operation) else { return nil }
        var transition = Transition()
        transition.requestsCancel = true
        takeBackUnlessRunning(operation, because: .canceled, applying: &transition)
        return transition
    }

    /// The first step that has not ended.
    func current(in operation: Operation) -> Step? {
        definition.steps.first { !(operation.steps[$0.name]?.status.isEnded ?? false) }
    }

    /// Whether the operation has ended or is on its way back.
    func isGoingBack(_ operation: Operation) -> Bool {
        operation.status.isEnded || operation.phase == .undoing || operation.phase == .undoFailed
    }

    func takeBackUnlessRunning(_ operation: Operation, because reason: RollbackReason, applying transition: inout Transition) {
        guard let current = current(in: operation), let record = operation.steps[current.name], record.status != .running else { return }
        transition.obsoleteTimers = [message(Work(.forward, current.name), of: operation.id)]
        rollBack(operation, because: reason, applying: &transition)
    }
}
