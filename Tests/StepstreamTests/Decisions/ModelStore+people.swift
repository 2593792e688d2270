import Stepstream

extension ModelStore {
    /// Somebody asks to cancel, having read the operation now or before its last change.
    mutating func cancel(_ seen: Operation) throws(BrokenRule) {
        var seen = seen
        while let transition = decisions.cancel(seen) {
            if try amend(seen, transition) { return }
            seen = operation
        }
    }

    /// The operation's total time is over.
    mutating func timeOut(_ seen: Operation) throws(BrokenRule) {
        var seen = seen
        while let transition = decisions.timeOut(seen) {
            if try amend(seen, transition) { return }
            seen = operation
        }
    }

    /// An operator acts. Returns whether it was possible.
    mutating func act(_ act: OperatorAct, _ seen: Operation) throws(BrokenRule) -> Bool {
        var seen = seen
        while true {
            let transition: Transition
            do throws(ActRefusal) {
                transition = try decisions.act(act, OperatorNote(by: "me"), on: seen)
            } catch {
                return false
            }
            if operation.status.isEnded, seen == operation { throw BrokenRule("an act on an ended operation") }
            if try amend(seen, transition) {
                note(act, transition)
                return true
            }
            seen = operation
        }
    }

    private mutating func note(_ act: OperatorAct, _ transition: Transition) {
        guard act == .retry, let change = transition.changes.first else { return }
        if change.renewsBudget { runs[change.work] = nil } else { hastened += 1 }
        if change.work.action == .run { runAgain.insert(change.work.step) }
    }
}
