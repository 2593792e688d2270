import Stepstream

extension ModelStore {
    /// Somebody asks to cancel, having read the operation now or before its last change.
    mutating func cancel(_ seen: Operation) throws(BrokenRule) {
        var seen = seen
        while let transition = decisions.cancel(seen) {
            if try apply(seen, transition) { return }
            seen = operation
        }
    }

    /// The operation's total time is over.
    mutating func passDeadline(_ seen: Operation) throws(BrokenRule) {
        var seen = seen
        while let transition = decisions.passDeadline(seen) {
            if try apply(seen, transition) { return }
            seen = operation
        }
    }

    /// An operator acts. Returns whether it was possible.
    mutating func act(_ act: OperatorCommand, _ seen: Operation) throws(BrokenRule) -> Bool {
        var seen = seen
        while true {
            let transition: Transition
            do throws(CommandRefusal) {
                transition = try decisions.perform(act, note: OperatorNote(by: "me"), on: seen)
            } catch {
                return false
            }
            if operation.status.isEnded, seen == operation { throw BrokenRule("an act on an ended operation") }
            if try apply(seen, transition) {
                note(act, transition)
                return true
            }
            seen = operation
        }
    }

    private mutating func note(_ act: OperatorCommand, _ transition: Transition) {
        guard act == .retry, let change = transition.changes.first else { return }
        if change.renewsBudget { runs[change.work] = nil } else { hastened += 1 }
        if change.work.direction == .forward { runAgain.insert(change.work.step) }
    }
}
