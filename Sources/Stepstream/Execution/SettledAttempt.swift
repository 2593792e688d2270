/// An attempt whose end has been committed. What became of the operation is made out when somebody asks: a worker does not.
package struct SettledAttempt: Sendable {
    private let work: Work
    private let decidedUpon: Operation
    private let isReread: Bool
    private let transition: Transition
    private let applied: Applied

    /// - Parameters:
    ///   - work: what was attempted.
    ///   - begun: the state that was decided upon: what beginning answered, which is only what deciding needs of the operation.
    ///   - isReread: whether that was read anew, whole, as the operation had changed.
    ///   - transition: what was committed.
    ///   - applied: what the store answered.
    init(_ work: Work, begun: Operation, isReread: Bool, transition: Transition, applied: Applied) {
        self.work = work
        decidedUpon = begun
        self.isReread = isReread
        self.transition = transition
        self.applied = applied
    }

    /// The operation after it, without its history; `before`: the whole of it as it was before the attempt.
    func operation(after before: Operation) -> Operation {
        var operation = isReread ? decidedUpon : before.begun(work, as: decidedUpon)
        operation = operation.applying(transition)
        operation.version = applied.version
        guard let time = applied.time else { return operation }
        operation.updatedAt = time
        for change in transition.changes where change.endsAttempt {
            switch change.work.direction {
            case .forward: operation.steps[change.work.step]?.endedAt = time
            case .undo: operation.undos[change.work.step]?.endedAt = time
            }
        }
        if transition.ends {
            operation.endedAt = time
            operation.expiresAt = applied.expires
        }
        return operation
    }
}

extension Operation {
    /// The whole operation with what beginning `work` changed, from `begun`.
    fileprivate func begun(_ work: Work, as begun: Operation) -> Operation {
        var operation = self
        operation.status = begun.status
        operation.phase = begun.phase
        operation.version = begun.version
        operation.cancelRequested = begun.cancelRequested
        operation.hasPassedDeadline = begun.hasPassedDeadline
        if let record = begun.steps[work.step] { operation.steps[work.step] = record }
        if let record = begun.undos[work.step] { operation.undos[work.step] = record }
        return operation
    }
}
