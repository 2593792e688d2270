/// A clock that stands still until a test moves it.
///
///     let clock = ManualClock()
///     async let result = renew(every: .seconds(10), clock: clock)
///     try await clock.waitForSleepers()
///     clock.advance(by: .seconds(10))
public final class ManualClock: Clock, Sendable {
    /// A point in this clock's time.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        package let offset: Duration

        /// The instant so long after the clock was made.
        package init(offset: Duration) { self.offset = offset }

        /// The instant `duration` later.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        /// The time from here to `other`; negative when that is earlier.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Whether `lhs` is earlier.
        public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [UInt64: Instant] = [:]
        var lastID: UInt64 = 0
    }

    private let state = AwaitedState(State())

    /// A clock at offset zero.
    public init() {}

    /// The time it was moved to.
    public var now: Instant { state.read(\.now) }

    /// None: every instant differs from every other.
    public var minimumResolution: Duration { .zero }

    /// Suspends until the clock was moved to `deadline`.
    ///
    /// - Parameters:
    ///   - deadline: The instant to be woken at; one that has passed returns at once.
    ///   - tolerance: Not used: a sleeper is woken at its deadline exactly.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = state.update { state -> UInt64 in
            state.lastID += 1
            if deadline > state.now { state.sleepers[state.lastID] = deadline }
            return state.lastID
        }
        defer { state.update { _ = $0.sleepers.removeValue(forKey: id) } }
        try await state.wait { $0.now >= deadline }
    }

    /// Moves the clock, and wakes sleepers in the order of their deadlines, each at its own.
    ///
    /// - Parameter duration: How far; not negative.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "A clock does not go back")
        let target = now.advanced(by: duration)
        while let next = state.read({ $0.sleepers.values.min() }), next <= target { move(to: next) }
        move(to: target)
    }

    /// Suspends until so many tasks sleep on this clock, so that none misses an ``advance(by:)``.
    ///
    /// - Parameter count: At least so many.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func waitForSleepers(_ count: Int = 1) async throws {
        try await state.wait { $0.sleepers.count >= count }
    }

    private func move(to instant: Instant) {
        state.update { state in
            state.now = max(state.now, instant)
            state.sleepers = state.sleepers.filter { $0.value > instant }
        }
    }
}
