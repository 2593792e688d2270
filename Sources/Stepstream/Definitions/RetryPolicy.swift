/// How often and how fast a step is tried again: exponential backoff with full jitter
/// (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
public struct RetryPolicy: Sendable, Hashable {
    /// How a delay is spread.
    public enum Jitter: String, Sendable, Hashable, CaseIterable {
        /// Anything between nothing and the whole delay.
        case full
        /// Always the whole delay.
        case none
    }

    /// The number of attempts in all, the first included; 1-100.
    public var attempts: Int
    /// The delay before the second attempt.
    public var firstDelay: Milliseconds
    /// What each further delay is multiplied by; at least 1.
    public var factor: Double
    /// No delay is longer, a handler's `Retry-After` excepted.
    public var maxDelay: Milliseconds
    /// How a delay is spread.
    public var jitter: Jitter

    /// A policy; the defaults are those of the definition format.
    public init(
        attempts: Int = 5,
        firstDelay: Milliseconds = 1000,
        factor: Double = 2,
        maxDelay: Milliseconds = 60_000,
        jitter: Jitter = .full
    ) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.factor = factor
        self.maxDelay = maxDelay
        self.jitter = jitter
    }

    /// The delay after the failed attempt number `attempt` (1, 2, …).
    ///
    /// - Parameters:
    ///   - attempt: the number of the attempt that failed.
    ///   - retryAfter: what the handler asked for; the delay is never shorter than this.
    ///   - random: a number in 0..<1 that the jitter is drawn from.
    /// - Returns: how long to wait.
    public func delay(after attempt: Int, retryAfter: Milliseconds? = nil, random: Double) -> Milliseconds {
        var delay = Double(firstDelay.count)
        for _ in 1..<max(attempt, 1) where delay < Double(maxDelay.count) {
            delay *= factor
        }
        delay = min(delay, Double(maxDelay.count))
        if jitter == .full { delay *= random }
        return max(Milliseconds(Int64(delay)), retryAfter ?? 0)
    }
}
