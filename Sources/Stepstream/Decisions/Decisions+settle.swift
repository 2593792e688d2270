import StepstreamJSON

/// The context in which an outcome is decided upon.
package struct SettleContext: Sendable, Hashable {
    /// Whether the deciding process goes on to run a following sync step itself.
    package var inline: Bool
    /// How long the recovery timer of such a step waits.
    package var recovery: Milliseconds
    /// A number in 0..<1 that jitter is drawn from.
    package var random: Double
    /// Whether the attempt began with a probe that found that no earlier one had an effect.
    package var isKnownNotDone: Bool

    /// The context of a worker, unless said otherwise.
    package init(inline: Bool = false, recovery: Milliseconds = 30_000, random: Double, isKnownNotDone: Bool = false) {
        self.inline = inline
        self.recovery = recovery
        self.random = random
        self.isKnownNotDone = isKnownNotDone
    }
}

extension Decisions {
    /// What the end of an attempt leads to: the next step, another attempt, the undo of what was done, or the end.
    ///
    /// `operation` is the state in which the attempt is `running`, with its attempts and crashes counted.
    package func settle(_ work: Work, of operation: Operation, outcome: Outcome, in context: SettleContext) -> Transition {
        if outcome == .released { return release(work, of: operation) }
        switch work.direction {
        case .forward: return settleRun(work, of: operation, outcome: outcome, in: context)
        case .undo: return settleUndo(work, of: operation, outcome: outcome, in: context)
        }
    }

    private func settleRun(_ work: Work, of operation: Operation, outcome: Outcome, in context: SettleContext) -> Transition {
        var transition = Transition()
        let certainty = context.isKnownNotDone ? Certainty.nothingDone : .failed
        switch outcome {
        case .succeeded(let result):
            succeed(work, of: operation, result: result, in: context, applying: &transition)
        case .failed(let problem, .never):
            fail(work, of: operation, problem: problem, certainty: certainty, applying: &transition)
        case .failed(let problem, .byPolicy(let after)):
            retryOrFail(work, of: operation, problem: problem, after: after, certainty: certainty, in: context, applying: &transition)
        case .unknown(let problem):
            settleUnknown(work, of: operation, problem: problem, in: context, applying: &transition)
        case .released:
            break
        }
        if definition.step(work.step)?.mode == .sync {
            transition.obsoleteTimers.append(message(work, of: operation.id))
        }
        return transition
    }

    /// The step is done: the next one, or the end; or back, if somebody asked for that.
    func succeed(
        _ work: Work,
        of operation: Operation,
        result: JSONText,
        in context: SettleContext,
        applying transition: inout Transition
    ) {
        var change = StepChange(work, to: .succeeded, endsAttempt: true)
        change.result = result
        change.error = .some(nil)
        transition.changes = [change]
        transition.events = [.step(.stepSucceeded, of: work)]
        if operation.cancelRequested, !isPastPivot(after: work, in: operation) {
            rollBack(operation, because: cancelReason(operation), applying: &transition)
        } else {
            transition.dropsCancel = operation.cancelRequested
            transition.dropsDeadline = definition.deadline != nil && definition.step(work.step)?.undo == .pivot
            goOn(after: work, of: operation, result: result, in: context, applying: &transition)
        }
    }

    private func goOn(
        after work: Work,
        of operation: Operation,
        result: JSONText,
        in context: SettleContext,
        applying transition: inout Transition
    ) {
        let position = definition.index(of: work.step) ?? 0
        if definition.steps.indices.contains(position + 1) {
            let next = definition.steps[position + 1]
            advance(
                to: next,
                of: operation.id,
                inline: context.inline,
                recovery: context.recovery,
                in: &transition
            )
        } else {
            transition.status = .succeeded
            transition.phase = .done
            transition.result = result
            transition.ends = true
            transition.dropsDeadline = definition.deadline != nil
            transition.events.append(EventDraft(.succeeded))
        }
    }

    func retryOrFail(
        _ work: Work,
        of operation: Operation,
        problem: Problem,
        after: Milliseconds?,
        certainty: Certainty,
        in context: SettleContext,
        applying transition: inout Transition
    ) {
        guard !operation.cancelRequested, hasAttemptsLeft(work, in: operation) else {
            return fail(work, of: operation, problem: problem, certainty: certainty, applying: &transition)
        }
        retryLater(work, of: operation, problem: problem, after: after, certainty: certainty, in: context, applying: &transition)
    }

    /// Whether the work may be run once more: its retry budget is not spent, and it does not kill its workers.
    ///
    /// - Parameters:
    ///   - work: the work.
    ///   - operation: the operation, before the last attempt is settled.
    ///   - more: how many attempts the budget has beside those of the retry policy.
    /// - Returns: whether there is another attempt.
    func hasAttemptsLeft(_ work: Work, in operation: Operation, more: Int = 0) -> Bool {
        let attempts = operation.record(work)?.attempts ?? 1
        return attempts < (execution(of: work)?.retry.attempts ?? 1) + more && !isPoison(work, in: operation)
    }

    func retryLater(
        _ work: Work,
        of operation: Operation,
        problem: Problem,
        after: Milliseconds?,
        certainty: Certainty,
        in context: SettleContext,
        applying transition: inout Transition
    ) {
        let attempts = operation.record(work)?.attempts ?? 1
        let retry = execution(of: work)?.retry ?? RetryPolicy(attempts: 1)
        let delay = retry.delay(after: attempts, retryAfter: after, random: context.random)
        transition.changes = [ended(work, to: .retrying, problem: problem, certainty: certainty)]
        if work.direction == .forward { transition.phase = .retrying }
        transition.events = [.retrying(work, attempt: attempts, delay: delay, problem: problem)]
        transition.timers = [Timer(message(work, of: operation.id), due: .after(delay))]
    }

    func fail(_ work: Work, of operation: Operation, problem: Problem, certainty: Certainty, applying transition: inout Transition) {
        transition.changes = [ended(work, to: .failed, problem: problem, certainty: certainty)]
        transition.events = [.failed(work, problem: problem.json)]
        let reason: RollbackReason =
            operation.cancelRequested
            ? cancelReason(operation)
            : .failed(work.step, problem.json, attempts: operation.record(work)?.attempts ?? 1)
        rollBack(operation, because: reason, applying: &transition)
    }

    private func cancelReason(_ operation: Operation) -> RollbackReason {
        operation.hasPassedDeadline ? timedOut(operation) : .canceled
    }

    func ended(_ work: Work, to status: StepStatus, problem: Problem, certainty: Certainty) -> StepChange {
        var change = StepChange(work, to: status, endsAttempt: true)
        change.error = .some(problem.json)
        change.becomesUncertain = certainty == .uncertain
        change.becomesCertain = certainty == .nothingDone
        return change
    }

    /// Whether so many workers died on it that it is not tried again.
    package func isPoison(_ work: Work, in operation: Operation) -> Bool {
        isPoison(operation.record(work))
    }

    func isPoison(_ record: StepRecord?) -> Bool {
        (record?.crashes ?? 0) >= Decisions.poisonCrashes
    }

    private func release(_ work: Work, of operation: Operation) -> Transition {
        var transition = Transition()
        var change = StepChange(work, to: .queued, endsAttempt: true)
        change.returnsAttempt = true
        change.becomesUncertain = true
        transition.changes = [change]
        transition.messages = [message(work, of: operation.id)]
        transition.phase = work.direction == .undo ? .undoing : .queued
        if definition.step(work.step)?.mode == .sync, work.direction == .forward { transition.obsoleteTimers = transition.messages }
        return transition
    }
}
