public import StepstreamJSON

/// How one attempt of a handler ended. There are three values because a time-out is not a failure: the work may have been done.
public enum Outcome: Sendable, Hashable {
    /// Done, with a result (JSON).
    case succeeded(JSONText)
    /// Certainly not done. `retry` says whether another attempt can help, and when at the earliest.
    case failed(Problem, retry: Retry)
    /// Nobody knows: timed out, connection cut, lease lost.
    case unknown(Problem)
    /// The process is shutting down and gives the work back untouched: no attempt is spent, another worker takes over at once.
    case released

    /// Whether a failure is worth another attempt.
    public enum Retry: Sendable, Hashable {
        /// Yes, by the step's policy, but not before `after`.
        case byPolicy(after: Milliseconds?)
        /// No: the same request would fail again.
        case never
    }
}
