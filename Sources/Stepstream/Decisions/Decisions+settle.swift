/// The circumstances in which an outcome is decided upon.
public struct Circumstances: Sendable, Hashable {
    /// Whether the deciding process goes on to run a following sync step itself.
    public var inline: Bool
    /// How long the recovery timer of such a step waits.
    public var recovery: Milliseconds
    /// A number in 0..<1 that jitter is drawn from.
    public var random: Double

    /// The circumstances of a worker, unless said otherwise.
    public init(inline: Bool = false, recovery: Milliseconds = 30_000, random: Double) {
        self.inline = inline
        self.recovery = recovery
        self.random = random
    }
}

extension Decisions {
    /// What the end of an attempt leads to: the next step, another attempt, the undo of what was done, or the end.
    ///
    /// `operation` is the state in which the attempt is `running`, with its attempts and crashes counted.
    public func settle(_ work: Work, of operation: Operation, outcome: Outcome, in circumstances: Circumstances) -> Transition {
        if outcome == .handedBack { return handBack(work, of: operation) }
        switch work.action {
        case .run: return settleRun(work, of: operation, outcome: outcome, in: circumstances)
        case .undo: return settleUndo(work, of: operation, outcome: outcome, in: circumstances)
        }
    }

    private func settleRun(_ work: Work, of operation: Operation, outcome: Outcome, in circumstances: Circumstances) -> Transition {
        var transition = Transition()
        switch outcome {
        case .succeeded(let result):
            var change = StepChange(work, to: .succeeded, endsAttempt: true)
            change.result = result
            change.error = .some(nil)
            transition.changes = [change]
            transition.events = [.step(.stepSucceeded, work)]
            if operation.cancelRequested, !isPastPivot(after: work, in: operation) {
                rollBack(operation, because: .canceled, applying: &transition)
            } else {
                transition.dropsCancel = operation.cancelRequested
                goOn(after: work, of: operation, result: result, in: circumstances, applying: &transition)
            }
        case .failed(let problem, .never):
            fail(work, of: operation, problem: problem, uncertain: false, applying: &transition)
        case .failed(let problem, .byPolicy(let after)):
            retryOrFail(work, of: operation, problem: problem, after: after, uncertain: false, in: circumstances, applying: &transition)
        case .unknown(let problem):
            retryOrFail(work, of: operation, problem: problem, after: nil, uncertain: true, in: circumstances, applying: &transition)
        case .handedBack:
            break
        }
        if definition.step(work.step)?.mode == .sync {
            transition.obsoleteTimers.append(message(work, of: operation.id))
        }
        return transition
    }

    private func goOn(
        after work: Work,
        of operation: Operation,
        result: JSONText,
        in circumstances: Circumstances,
        applying transition: inout Transition
    ) {
        let position = definition.index(of: work.step) ?? 0
        if definition.steps.indices.contains(position + 1) {
            let next = definition.steps[position + 1]
            advance(
                to: next,
                of: operation.id,
                inline: circumstances.inline,
                recovery: circumstances.recovery,
                in: &transition
            )
        } else {
            transition.status = .succeeded
            transition.phase = .done
            transition.result = result
            transition.ends = true
            transition.events.append(EventDraft(.succeeded))
        }
    }

    private func retryOrFail(
        _ work: Work,
        of operation: Operation,
        problem: Problem,
        after: Milliseconds?,
        uncertain: Bool,
        in circumstances: Circumstances,
        applying transition: inout Transition
    ) {
        let attempts = operation.record(work)?.attempts ?? 1
        let retry = execution(of: work)?.retry ?? RetryPolicy(attempts: 1)
        guard attempts < retry.attempts, !operation.cancelRequested, !isPoison(work, in: operation) else {
            return fail(work, of: operation, problem: problem, uncertain: uncertain, applying: &transition)
        }
        let delay = retry.delay(after: attempts, retryAfter: after, random: circumstances.random)
        transition.changes = [ended(work, to: .retrying, problem: problem, uncertain: uncertain)]
        transition.phase = .retrying
        transition.events = [.retrying(work, attempt: attempts, delay: delay, problem: problem)]
        transition.timers = [Timer(message(work, of: operation.id), due: .after(delay))]
    }

    private func fail(_ work: Work, of operation: Operation, problem: Problem, uncertain: Bool, applying transition: inout Transition) {
        transition.changes = [ended(work, to: .failed, problem: problem, uncertain: uncertain)]
        transition.events = [.failed(work, problem: problem)]
        let reason: RollbackReason =
            operation.cancelRequested ? .canceled : .failed(work, problem, attempts: operation.record(work)?.attempts ?? 1)
        rollBack(operation, because: reason, applying: &transition)
    }

    func ended(_ work: Work, to status: StepStatus, problem: Problem, uncertain: Bool) -> StepChange {
        var change = StepChange(work, to: status, endsAttempt: true)
        change.error = .some(problem.json)
        change.becomesUncertain = uncertain
        return change
    }

    /// Whether so many workers died on it that it is not tried again.
    public func isPoison(_ work: Work, in operation: Operation) -> Bool {
        (operation.record(work)?.crashes ?? 0) >= Decisions.poisonCrashes
    }

    private func handBack(_ work: Work, of operation: Operation) -> Transition {
        var transition = Transition()
        var change = StepChange(work, to: .queued, endsAttempt: true)
        change.returnsAttempt = true
        change.becomesUncertain = true
        transition.changes = [change]
        transition.messages = [message(work, of: operation.id)]
        transition.phase = work.action == .undo ? .undoing : .queued
        if definition.step(work.step)?.mode == .sync, work.action == .run { transition.obsoleteTimers = transition.messages }
        return transition
    }
}
