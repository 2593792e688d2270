extension Decisions {
    /// What it leads to that an operation has passed its deadline; nil when it changes nothing (ended, already being taken back or asked to
    /// be, past a pivot).
    ///
    /// As with a request to cancel, what waits is taken back at once; a running attempt is notified, and what it then reports decides.
    package func passDeadline(_ operation: Operation) -> Transition? {
        guard definition.deadline != nil, !isGoingBack(operation), !operation.cancelRequested, !hasPassedPivot(operation) else {
            return nil
        }
        var transition = Transition()
        transition.requestsCancel = true
        transition.passesDeadline = true
        transition.dropsDeadline = true
        takeBackUnlessRunning(operation, because: timedOut(operation), applying: &transition)
        return transition
    }

    /// The deadline of an operation that may begin at `notBefore`.
    func deadline(notBefore: Milliseconds?) -> Deadline? {
        definition.deadline.map { Deadline(after: $0, from: notBefore ?? 0) }
    }

    /// The reason to roll back an operation that has passed its deadline, at the step it has come to.
    func timedOut(_ operation: Operation) -> RollbackReason {
        let step = current(in: operation) ?? definition.steps[0]
        let problem = Problem.deadlinePassed(after: definition.deadline ?? 0)
        return .failed(step.name, problem.json, attempts: operation.steps[step.name]?.attempts ?? 0)
    }
}
