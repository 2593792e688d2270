import StepstreamJSON

/// Why an operation is taken back.
enum RollbackReason: Sendable, Hashable {
    /// A step failed, with this problem (JSON); or its time was over when it had come to that step.
    case failed(Name, JSONText, attempts: Int)
    case canceled
}

extension Decisions {
    /// Starts to take the operation back, or ends it where there is nothing to undo.
    ///
    /// `transition` already holds the change of the step that led here.
    func rollBack(_ operation: Operation, because reason: RollbackReason, applying transition: inout Transition) {
        let settled = operation.applying(transition)
        for step in definition.steps where !(settled.steps[step.name]?.status.isEnded ?? false) {
            if settled.steps[step.name] != nil { transition.changes.append(StepChange(Work(.forward, step.name), to: .canceled)) }
        }
        if case .failed(let step, let problem, let attempts) = reason {
            transition.error = problem.adding(step: step, attempts: attempts)
        }
        if operation.steps.values.contains(where: { $0.status == .held }) { transition.needsAttention = false }
        if definition.deadline != nil { transition.dropsDeadline = true }
        if !undoable(in: operation.applying(transition)).isEmpty { transition.events.append(EventDraft(.undoing)) }
        undoNext(operation, applying: &transition)
    }

    /// The steps that have something to undo, newest first: begun, with a compensation, and either done or of unknown effect; none of
    /// them at or before a pivot that succeeded.
    func undoable(in operation: Operation) -> [Step] {
        var steps: [Step] = []
        for step in definition.steps.reversed() {
            let record = operation.steps[step.name]
            if step.undo == .pivot, record?.status == .succeeded { break }
            guard step.undo.compensation != nil, operation.undos[step.name] != nil, let record else { continue }
            if record.status == .succeeded || record.isUncertain { steps.append(step) }
        }
        return steps
    }

    func isPastPivot(after work: Work, in operation: Operation) -> Bool {
        hasPassedPivot(operation) || (work.direction == .forward && definition.step(work.step)?.undo == .pivot)
    }

    func hasPassedPivot(_ operation: Operation) -> Bool {
        definition.steps.contains { $0.undo == .pivot && operation.steps[$0.name]?.status == .succeeded }
    }

    func undoNext(_ operation: Operation, applying transition: inout Transition) {
        let settled = operation.applying(transition)
        let next = undoable(in: settled).first { !(settled.undos[$0.name]?.status.isEnded ?? false) }
        guard let next else { return endRolledBack(settled, applying: &transition) }
        let work = Work(.undo, next.name)
        transition.changes.append(StepChange(work, to: .queued))
        transition.messages.append(message(work, of: operation.id))
        transition.phase = .undoing
    }

    private func endRolledBack(_ settled: Operation, applying transition: inout Transition) {
        let undone = undoable(in: settled)
        let error = transition.error ?? settled.error
        transition.phase = undone.isEmpty ? .done : .undone
        transition.ends = true
        if let error {
            transition.status = .failed
            transition.error = error.addingUndo(report(of: settled))
            // Unless an operator has just ended it, and so knows already.
            transition.needsAttention = transition.needsAttention ?? true
        } else {
            transition.status = .canceled
        }
        if !undone.isEmpty { transition.events.append(EventDraft(.undone)) }
        transition.events.append(EventDraft(error == nil ? .canceled : .failed))
    }

    /// What was rolled back and what was not, by name: the `undo` member of the operation's error.
    func report(of operation: Operation) -> UndoReport {
        var report = UndoReport()
        for step in definition.steps.reversed() {
            guard let record = operation.steps[step.name], record.status == .succeeded || record.isUncertain else { continue }
            switch operation.undos[step.name]?.status {
            case .succeeded: report.undone.append(step.name)
            case .failed: report.failed.append(step.name)
            case .skipped: report.skipped.append(step.name)
            case .waiting, .queued, .running, .retrying, .held, .canceled, nil: report.kept.append(step.name)
            }
        }
        return report
    }

    func settleUndo(_ work: Work, of operation: Operation, outcome: Outcome, in context: SettleContext) -> Transition {
        var transition = Transition()
        switch outcome {
        case .succeeded(let result):
            var change = StepChange(work, to: .succeeded, endsAttempt: true)
            change.result = result
            change.error = .some(nil)
            transition.changes = [change]
            transition.events = [.step(.stepUndone, of: work)]
            undoNext(operation, applying: &transition)
        case .failed(let problem, .byPolicy(let after)):
            retryUndoOrStop(
                work,
                of: operation,
                problem: problem,
                after: after,
                certainty: .failed,
                in: context,
                applying: &transition
            )
        case .unknown(let problem):
            retryUndoOrStop(
                work,
                of: operation,
                problem: problem,
                after: nil,
                certainty: .uncertain,
                in: context,
                applying: &transition
            )
        case .failed(let problem, .never):
            stopUndo(work, of: operation, problem: problem, certainty: .failed, applying: &transition)
        case .released:
            break
        }
        return transition
    }

    private func retryUndoOrStop(
        _ work: Work,
        of operation: Operation,
        problem: Problem,
        after: Milliseconds?,
        certainty: Certainty,
        in context: SettleContext,
        applying transition: inout Transition
    ) {
        guard hasAttemptsLeft(work, in: operation) else {
            return stopUndo(work, of: operation, problem: problem, certainty: certainty, applying: &transition)
        }
        retryLater(work, of: operation, problem: problem, after: after, certainty: certainty, in: context, applying: &transition)
    }

    /// The operation stays live in phase `undo-failed`: only a person can say what became of the effect.
    private func stopUndo(
        _ work: Work,
        of operation: Operation,
        problem: Problem,
        certainty: Certainty,
        applying transition: inout Transition
    ) {
        transition.changes = [ended(work, to: .failed, problem: problem, certainty: certainty)]
        transition.phase = .undoFailed
        transition.needsAttention = true
        transition.events = [EventDraft(.undoFailed, data: .object(["step": .string(work.step.text), "problem": .raw(problem.json)]))]
    }
}
