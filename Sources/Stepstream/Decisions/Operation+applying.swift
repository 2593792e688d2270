extension Operation {
    /// The state after `transition`, as far as decisions look at it. Property tests hold this against what the scripts write.
    package func applying(_ transition: Transition) -> Operation {
        var next = self
        next.status = transition.status ?? status
        next.phase = transition.phase ?? phase
        next.result = transition.result ?? result
        next.error = transition.error ?? error
        next.cancelRequested = (cancelRequested || transition.requestsCancel) && !transition.dropsCancel
        next.hasPassedDeadline = (hasPassedDeadline || transition.passesDeadline) && !transition.dropsCancel
        next.version += transition.events.count
        for change in transition.changes {
            var record = record(change.work) ?? StepRecord(.waiting)
            switch change.work.direction {
            case .forward: record = next.steps[change.work.step] ?? record
            case .undo: record = next.undos[change.work.step] ?? record
            }
            record.apply(change)
            switch change.work.direction {
            case .forward: next.steps[change.work.step] = record
            case .undo: next.undos[change.work.step] = record
            }
        }
        return next
    }
}

extension StepRecord {
    mutating func apply(_ change: StepChange) {
        status = change.status
        result = change.result ?? result
        if let error = change.error { self.error = error }
        if change.becomesUncertain { isUncertain = true }
        if change.becomesCertain { isUncertain = false }
        if change.returnsAttempt { attempts -= 1 }
        if change.renewsBudget { (attempts, crashes) = (0, 0) }
        if change.endsAttempt {
            epoch = nil
            lease = nil
            owner = nil
        }
    }
}
