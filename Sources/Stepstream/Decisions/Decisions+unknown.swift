extension Decisions {
    /// Nobody knows what the attempt did: the step's policy says how it goes on.
    func settleUnknown(
        _ work: Work,
        of operation: Operation,
        problem: Problem,
        in context: SettleContext,
        applying transition: inout Transition
    ) {
        if operation.cancelRequested { return fail(work, of: operation, problem: problem, certainty: .uncertain, applying: &transition) }
        switch onUnknown(work) {
        case .retry:
            retryOrFail(work, of: operation, problem: problem, after: nil, certainty: .uncertain, in: context, applying: &transition)
        case .hold:
            hold(work, problem: problem, applying: &transition)
        case .probe:
            // Once more than the handler is run: what the last run did is to be found out, too.
            if hasAttemptsLeft(work, in: operation, more: 1) {
                retryLater(
                    work,
                    of: operation,
                    problem: problem,
                    after: nil,
                    certainty: .uncertain,
                    in: context,
                    applying: &transition
                )
            } else if definition.step(work.step)?.undo.compensation != nil {
                fail(work, of: operation, problem: problem, certainty: .uncertain, applying: &transition)
            } else {
                // Failing would leave an effect behind that nobody knows of.
                hold(work, problem: problem, applying: &transition)
            }
        }
    }

    /// Neither a message nor a timer leads on: only an operator does, or a cancellation.
    private func hold(_ work: Work, problem: Problem, applying transition: inout Transition) {
        transition.changes = [ended(work, to: .held, problem: problem, certainty: .uncertain)]
        transition.phase = .waiting
        transition.needsAttention = true
        transition.events = [.held(work, problem: problem)]
    }
}

/// What an attempt that did not succeed says about the effect of the step.
enum Certainty: Sendable, Hashable {
    /// Nobody knows what it did.
    case uncertain
    /// It did nothing itself.
    case failed
    /// It did nothing, and neither did those before it.
    case nothingDone
}
