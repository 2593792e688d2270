import Logging

/// Says in the log what an attempt came to: what succeeds in detail only.
struct AttemptReport {
    let logger: Logger

    func note(_ lease: Lease, of operation: Operation, outcome: Outcome, transition: Transition) {
        let work = lease.message.work
        guard let change = transition.changes.first(where: { $0.work == work && $0.endsAttempt }) else { return }
        let (level, words): (Logger.Level, Logger.Message) =
            switch change.status {
            case .succeeded, .canceled, .skipped, .queued, .waiting, .running: (.debug, "An attempt ended")
            case .retrying: (.info, "An attempt failed and will be retried")
            case .failed: (.info, "An attempt failed, and none is left")
            case .held: (.warning, "The outcome of an attempt is unknown; an operator must decide")
            }
        logger.log(level: level, words, metadata: .about(LogSubject(lease, of: operation), and: outcome.metadata))
    }
}

extension Outcome {
    /// A problem's type only: its words may be a handler's, and hold anything.
    fileprivate var metadata: Logger.Metadata {
        switch self {
        case .succeeded, .released: [:]
        case .failed(let problem, _), .unknown(let problem): [LogKey.error: "\(problem.type)"]
        }
    }
}
