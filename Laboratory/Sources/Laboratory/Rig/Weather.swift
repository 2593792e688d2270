import Synchronization

/// What the network between the workers and Redis does just now.
final class Weather: Sendable {
    /// One state of it.
    struct State: Sendable, Hashable {
        /// Each piece of bytes comes so many milliseconds later.
        var delay: Int64 = 0
        /// Nothing comes through; nothing is closed either.
        var isStalled = false
        /// At most so many bytes at once.
        var chunk = Int.max
    }

    private let state = Mutex(State())

    var current: State { state.withLock { $0 } }

    func change(to new: State) { state.withLock { $0 = new } }
}
