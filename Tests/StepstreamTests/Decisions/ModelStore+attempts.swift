import Stepstream

/// An attempt that some process believes to have. `isAlive` is false once its process died or lost its lease.
struct ModelAttempt {
    let work: Work
    let epoch: Epoch
    let entry: ModelStore.Entry?
    var state: Operation
    var isAlive = true
    /// How it ended for its process, where the store has not heard of it.
    var end: End?

    struct End {
        var outcome: Outcome
        var context: SettleContext
    }
}

/// What chance says about one attempt.
struct Chance {
    /// How its handler ends.
    var outcome: Outcome
    /// Whether the work has been done where the outcome does not say so.
    var isDone: Bool
    /// Whether its probe finds out what happened.
    var probeKnows: Bool
}

extension ModelStore {
    /// What an executor and commit.lua do together. Returns false when the lease was lost.
    mutating func settle(_ index: Int, _ chance: Chance, in context: SettleContext) throws(BrokenRule) -> Bool {
        let attempt = attempts.remove(at: index)
        var state = attempt.state
        let end: ModelAttempt.End
        if let known = attempt.end { end = known } else { end = try run(attempt, chance, in: context) }
        while operation.record(attempt.work)?.epoch == attempt.epoch {
            let transition = decisions.settle(attempt.work, of: state, outcome: end.outcome, in: end.context)
            if try apply(state, transition) {
                if let entry = attempt.entry { entries.removeAll { $0.number == entry.number } }
                return true
            }
            state = operation
        }
        return false
    }

    /// The process dies, at any point of what it does.
    mutating func crash(_ index: Int, _ chance: Chance) throws(BrokenRule) {
        guard attempts[index].isAlive else { return }
        attempts[index].isAlive = false
        attempts[index].end = try run(attempts[index], chance, in: SettleContext(random: 0.5))
    }

    /// What happens in the world.
    private mutating func run(
        _ attempt: ModelAttempt,
        _ chance: Chance,
        in context: SettleContext
    ) throws(BrokenRule) -> ModelAttempt.End {
        var context = context
        let work = attempt.work
        var opening = decisions.opening(of: work, in: attempt.state)
        if case .probe = opening {
            let truth: ProbeAnswer = effects.contains(work.step) ? .done(.null) : .notDone
            let answer = chance.probeKnows ? truth : .unknown(.made)
            context.isKnownNotDone = answer == .notDone
            opening = decisions.opening(after: answer, of: work, in: attempt.state)
        }
        guard case .settle(let outcome) = opening else {
            // An attempt that has lost its lease is refused by whoever looks at the epoch.
            if operation.record(work)?.epoch == attempt.epoch { try take(chance, of: work) }
            return .init(outcome: chance.outcome, context: context)
        }
        return .init(outcome: outcome, context: context)
    }

    private mutating func take(_ chance: Chance, of work: Work) throws(BrokenRule) {
        let policy = decisions.definition.step(work.step)?.onUnknown ?? .retry
        if chance.outcome != .released { runs[work, default: 0] += 1 }
        switch work.direction {
        case .forward:
            if effects.contains(work.step), policy != .retry, policy != .hold || !runAgain.contains(work.step) {
                throw BrokenRule("\(work.step) was run although it was done, and its policy is \(policy)")
            }
            if hasEffect(chance, policy) { effects.insert(work.step) }
        case .undo:
            if chance.outcome == .succeeded(.null) { effects.remove(work.step) }
        }
    }

    /// A step that is to be held is handed back only before it was begun.
    private func hasEffect(_ chance: Chance, _ policy: UnknownPolicy) -> Bool {
        switch chance.outcome {
        case .succeeded: true
        case .failed: false
        case .unknown: chance.isDone
        case .released: chance.isDone && policy != .hold
        }
    }
}
