extension Decisions {
    /// How an accepted submission starts.
    ///
    /// - Parameters:
    ///   - operation: the ID it is accepted under.
    ///   - inline: whether the accepting process is about to run sync steps itself. Then no message is published but a timer is set,
    ///     which hands the step to a worker should that process die.
    ///   - recovery: how long that timer waits.
    ///   - notBefore: when it may begin at the earliest, in Unix milliseconds.
    /// - Returns: the first transition.
    package func submit(_ operation: OperationID, inline: Bool, recovery: Milliseconds, notBefore: Milliseconds? = nil) -> Transition {
        let first = definition.steps[0]
        var transition = Transition()
        transition.status = .notStarted
        transition.events = [EventDraft(.accepted)]
        transition.deadline = deadline(notBefore: notBefore)
        if let notBefore {
            transition.phase = .scheduled
            transition.changes = [StepChange(Work(.forward, first.name), to: .waiting)]
            transition.timers = [Timer(message(Work(.forward, first.name), of: operation), due: .at(notBefore))]
        } else {
            advance(to: first, of: operation, inline: inline, recovery: recovery, in: &transition)
        }
        return transition
    }

    /// Makes `step` the next to run: a message, or for a sync step in the process that runs them a recovery timer.
    func advance(to step: Step, of operation: OperationID, inline: Bool, recovery: Milliseconds, in transition: inout Transition) {
        let work = Work(.forward, step.name)
        let message = message(work, of: operation)
        if inline, step.mode == .sync {
            transition.changes.append(StepChange(work, to: .waiting))
            transition.timers.append(Timer(message, due: .after(recovery)))
            transition.phase = .executing
        } else {
            transition.changes.append(StepChange(work, to: .queued))
            transition.messages.append(message)
            transition.phase = .queued
        }
    }
}
