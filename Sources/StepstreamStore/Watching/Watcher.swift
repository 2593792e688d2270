import Synchronization

/// One who watches: a stream of bounded length in which nothing is lost silently.
///
/// The first notice it gets is `.resynchronize`, and so is the last thing before it falls behind: a notice that finds no room was
/// published before the watcher comes to that `.resynchronize`, so that the read it then makes shows what the notice would have said.
final class Watcher<Notice: PublishedNotice>: Sendable {
    private struct State {
        var isFresh = true
        /// How much room the stream had after the last notice; only grows until the next.
        var room: Int
    }

    private let continuation: AsyncStream<Notice>.Continuation
    private let state: Mutex<State>

    private init(room: Int, continuation: AsyncStream<Notice>.Continuation) {
        self.continuation = continuation
        state = Mutex(State(room: room))
    }

    /// A watcher and its stream. The watcher does not hold the stream: a stream that its reader has dropped ends, and so the watch does.
    ///
    /// - Parameter room: how many notices may wait; at least 2.
    /// - Returns: both.
    static func make(room: Int) -> (watcher: Watcher, stream: AsyncStream<Notice>) {
        let (stream, continuation) = AsyncStream.makeStream(of: Notice.self, bufferingPolicy: .bufferingOldest(room))
        return (Watcher(room: room, continuation: continuation), stream)
    }

    func notify(_ notice: Notice) {
        // One at a time, so that the last place is only ever taken by `.resynchronize`.
        state.withLock { state in
            let isPlain = !state.isFresh && state.room > 1
            state.isFresh = false
            switch continuation.yield(isPlain ? notice : .resynchronize) {
            case .enqueued(let room): state.room = room
            case .dropped: state.room = 0
            case .terminated: break
            @unknown default: break
            }
        }
    }

    func finish() {
        continuation.finish()
    }

    /// Calls `body` once the stream has ended, whoever ends it.
    func whenEnded(_ body: @escaping @Sendable () -> Void) {
        continuation.onTermination = { _ in body() }
    }
}
