public import StepstreamJSON

/// What an attempt begins with.
package enum FirstMove: Sendable, Hashable {
    /// The handler.
    case run
    /// The probe: nobody knows what an earlier attempt did.
    case probe(UnknownPolicy.Probe)
    /// Nothing is run; this is its outcome.
    case settle(Outcome)
}

/// What a probe found out about the attempts before.
public enum ProbeAnswer: Sendable, Hashable {
    /// The step was done, with a result (JSON).
    case done(JSONText)
    /// No attempt has had an effect.
    case notDone
    /// It could not find out.
    case unknown(Problem)
}

extension Decisions {
    /// What the attempt that was just begun starts with. `operation` is the state that beginning it led to.
    package func opening(of work: Work, in operation: Operation) -> FirstMove {
        if operation.cancelRequested, work.direction == .forward { return .settle(.unknown(.canceled)) }
        let record = operation.record(work)
        switch onUnknown(work) {
        case .retry: return isPoison(record) ? .settle(.failed(.poison, retry: .never)) : .run
        // An operator's retry counts anew, so these are crashes since then.
        case .hold: return (record?.crashes ?? 0) > 0 ? .settle(.unknown(.workerLost)) : .run
        case .probe(let probe):
            if isPoison(record) { return .settle(.unknown(.poison)) }
            return record?.isUncertain == true ? .probe(probe) : .run
        }
    }

    /// What the attempt goes on with once its probe has answered.
    package func opening(after answer: ProbeAnswer, of work: Work, in operation: Operation) -> FirstMove {
        switch answer {
        case .done(let result): return .settle(.succeeded(result))
        case .unknown(let problem): return .settle(.unknown(problem))
        case .notDone:
            // The last attempt is there for the probe alone.
            let isLeft = (operation.record(work)?.attempts ?? 1) <= execution(of: work)?.retry.attempts ?? 1
            return isLeft ? .run : .settle(.failed(.notDone, retry: .never))
        }
    }

    /// What is done about an unknown outcome of `work`; an undo is simply tried again, as it must come to an end.
    func onUnknown(_ work: Work) -> UnknownPolicy {
        switch work.direction {
        case .forward: definition.step(work.step)?.onUnknown ?? .retry
        case .undo: .retry
        }
    }
}
