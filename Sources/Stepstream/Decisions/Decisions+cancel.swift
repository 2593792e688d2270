extension Decisions {
    /// What a request to cancel leads to; nil when it changes nothing (ended, already being taken back, or already asked for).
    ///
    /// After a pivot the operation only goes forward, so then it changes nothing either. Work that waits is canceled at once. A running
    /// attempt is told, and what it then reports decides.
    public func cancel(_ operation: Operation) -> Transition? {
        guard !operation.status.isEnded, operation.phase != .undoing, operation.phase != .undoFailed else { return nil }
        guard !operation.cancelRequested else { return nil }
        guard !hasPassedPivot(operation) else { return nil }
        var transition = Transition()
        transition.requestsCancel = true
        let current = definition.steps.first { !(operation.steps[$0.name]?.status.isEnded ?? false) }
        guard let current, let record = operation.steps[current.name], record.status != .running else { return transition }
        transition.obsoleteTimers = [message(Work(.run, current.name), of: operation.id)]
        rollBack(operation, because: .canceled, applying: &transition)
        return transition
    }
}
