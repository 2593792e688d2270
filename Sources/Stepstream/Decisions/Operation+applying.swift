extension Operation {
    /// The state after `transition`, as far as decisions look at it. Property tests hold this against what the scripts write.
    public func applying(_ transition: Transition) -> Operation {
        var next = self
        if let status = transition.status { next.status = status }
        if let phase = transition.phase { next.phase = phase }
        if let result = transition.result { next.result = result }
        if let error = transition.error { next.error = error }
        next.cancelRequested = (cancelRequested || transition.requestsCancel) && !transition.dropsCancel
        next.isTimedOut = (isTimedOut || transition.timesOut) && !transition.dropsCancel
        next.version += transition.events.count
        for change in transition.changes {
            switch change.work.action {
            case .run: next.steps[change.work.step, default: StepRecord(.waiting)].apply(change)
            case .undo: next.undos[change.work.step, default: StepRecord(.waiting)].apply(change)
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
