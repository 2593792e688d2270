extension Operation {
    /// The state after `transition`, as far as decisions look at it. Property tests hold this against what the scripts write.
    package func applying(_ transition: Transition) -> Operation {
        var next = self
        next.apply(transition)
        return next
    }

    /// Becomes the state after `transition`.
    package mutating func apply(_ transition: Transition) {
        if let status = transition.status { self.status = status }
        if let phase = transition.phase { self.phase = phase }
        if let result = transition.result { self.result = result }
        if let error = transition.error { self.error = error }
        cancelRequested = (cancelRequested || transition.requestsCancel) && !transition.dropsCancel
        hasPassedDeadline = (hasPassedDeadline || transition.passesDeadline) && !transition.dropsCancel
        version += transition.events.count
        for change in transition.changes {
            switch change.work.direction {
            case .forward: steps[change.work.step, default: StepRecord(.waiting)].apply(change)
            case .undo: undos[change.work.step, default: StepRecord(.waiting)].apply(change)
            }
        }
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
