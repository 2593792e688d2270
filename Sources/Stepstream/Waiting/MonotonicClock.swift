/// Time that only goes forward, as the execution of steps needs it; tests move theirs by hand.
public protocol MonotonicClock: Sendable {
    /// The time since some fixed moment.
    var now: Duration { get }
    /// Returns at `deadline`; throws `CancellationError` when the task is canceled.
    func sleep(until deadline: Duration) async throws
}

/// Any standard library clock as a `MonotonicClock`.
public struct ClockTime<C: Clock>: MonotonicClock where C.Duration == Duration {
    private let clock: C
    private let origin: C.Instant

    /// Counts from this moment on.
    public init(_ clock: C) {
        self.clock = clock
        origin = clock.now
    }

    /// The time since this value was made.
    public var now: Duration { origin.duration(to: clock.now) }

    /// Sleeps until so long after this value was made.
    public func sleep(until deadline: Duration) async throws {
        try await clock.sleep(until: origin.advanced(by: deadline), tolerance: nil)
    }
}

extension MonotonicClock where Self == ClockTime<ContinuousClock> {
    /// The machine's monotonic clock.
    public static var system: ClockTime<ContinuousClock> { ClockTime(ContinuousClock()) }
}
