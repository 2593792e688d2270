import NIOCore
import Synchronization

/// A bounded queue between the event loop and the owner of a subscriber.
///
/// When the owner is behind by the limit, messages are dropped until it has caught up, and then it learns how many: what it
/// gets is always in order, with the gap at its place. Redis itself would close the connection instead, and say nothing.
final class EventBuffer: Sendable {
    private struct State {
        var events = CircularBuffer<RedisSubscriberEvent>()
        var dropped = 0
        var waiting: [(id: Int, continuation: UnsafeContinuation<RedisSubscriberEvent?, Never>)] = []
        var nextID = 0
        var isClosed = false

        /// The next event for the owner, if there is one.
        mutating func take() -> RedisSubscriberEvent? {
            if let first = events.popFirst() { return first }
            guard dropped > 0 else { return nil }
            defer { dropped = 0 }
            return .missed(dropped)
        }
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    func append(_ event: RedisSubscriberEvent) {
        let waiter = state.withLock { state -> UnsafeContinuation<RedisSubscriberEvent?, Never>? in
            if state.isClosed { return nil }
            if !state.waiting.isEmpty { return state.waiting.removeFirst().continuation }
            if case .message = event, state.dropped > 0 || state.events.count >= limit {
                state.dropped += 1
            } else {
                state.events.append(event)
            }
            return nil
        }
        waiter?.resume(returning: event)
    }

    func next() async -> RedisSubscriberEvent? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let (event, isDone) = state.withLock { state -> (RedisSubscriberEvent?, Bool) in
                    if Task.isCancelled { return (nil, true) }
                    if let event = state.take() { return (event, true) }
                    if state.isClosed { return (nil, true) }
                    state.waiting.append((id, continuation))
                    return (nil, false)
                }
                if isDone { continuation.resume(returning: event) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> UnsafeContinuation<RedisSubscriberEvent?, Never>? in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiting.remove(at: index).continuation
            }
            waiter?.resume(returning: nil)
        }
    }

    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.continuation.resume(returning: nil) }
    }
}
