import Synchronization

/// What the watchdog knows of a worker's reads: since when it wants messages and has got none.
final class Reads: Sendable {
    private let wanting = Mutex<Duration?>(nil)

    /// Since when it has been reading in vain; nil when it got something last, or does not read.
    var inVainSince: Duration? { wanting.withLock { $0 } }

    /// A read begins. Reads that fail or find nothing do not begin the time anew.
    func begin(at time: Duration) {
        wanting.withLock { $0 = $0 ?? time }
    }

    /// It got something, or has no use for it.
    func restart() {
        wanting.withLock { $0 = nil }
    }
}
