import Logging
import RedisClient
import Stepstream
import Synchronization

/// Shares one subscriber connection among all who watch: a channel is subscribed when its first watcher comes and left after the last.
final class SubscriptionHub: Sendable {
    /// What a watcher of a channel gets.
    enum Notice: Sendable {
        case message(String)
        /// The subscription stands, or stands again: what happened before may have been missed.
        case resynchronize
    }

    /// One watcher's stream, whatever its elements are. `tell` answers false when the notice found no room.
    private struct Watcher: Sendable {
        let tell: @Sendable (Notice) -> Bool
        let finish: @Sendable () -> Void
    }

    private struct State {
        var watchers: [String: [Int: Watcher]] = [:]
        var lagging: Set<Int> = []
        var nextNumber = 0
    }

    /// A watcher that falls so many notices behind is told to resynchronize instead.
    private static let bufferedNotices = 256

    private let subscriber: RedisSubscriber
    private let logger: Logger
    private let state = Mutex(State())

    init(_ subscriber: RedisSubscriber, logger: Logger) {
        self.subscriber = subscriber
        self.logger = logger
    }

    /// Relays messages until the task is canceled; ends every watcher's stream then.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.subscriber.run() }
            group.addTask { await self.relay() }
        }
        let watchers = state.withLock { state in
            defer { state.watchers = [:] }
            return state.watchers.values.flatMap(\.values)
        }
        for watcher in watchers { watcher.finish() }
    }

    private func relay() async {
        for await event in subscriber.events {
            switch event {
            case .message(let channel, let payload): publish(.message(payload), on: channel)
            case .subscribed(let channel): publish(.resynchronize, on: channel)
            }
        }
    }

    /// Watches `channels` from now on, as elements that `transform` makes; the first notice is `.resynchronize`, once the subscription stands.
    func watch<Element: Sendable>(_ channels: [String], transform: @escaping @Sendable (Notice) -> Element) -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream.makeStream(of: Element.self, bufferingPolicy: .bufferingOldest(Self.bufferedNotices))
        let watcher = Watcher(
            tell: { notice in
                if case .dropped = continuation.yield(transform(notice)) { return false }
                return true
            },
            finish: { continuation.finish() }
        )
        let (number, fresh) = state.withLock { state in
            state.nextNumber += 1
            var fresh: [String] = []
            for channel in channels {
                if state.watchers[channel] == nil { fresh.append(channel) }
                state.watchers[channel, default: [:]][state.nextNumber] = watcher
            }
            return (state.nextNumber, fresh)
        }
        continuation.onTermination = { _ in self.leave(channels, number) }
        for channel in fresh { subscriber.subscribe(channel) }
        if fresh.isEmpty { continuation.yield(transform(.resynchronize)) }
        return stream
    }

    private func leave(_ channels: [String], _ number: Int) {
        let empty = state.withLock { state in
            state.lagging.remove(number)
            return channels.filter { channel in
                state.watchers[channel]?[number] = nil
                guard state.watchers[channel]?.isEmpty == true else { return false }
                state.watchers[channel] = nil
                return true
            }
        }
        for channel in empty { subscriber.unsubscribe(channel) }
    }

    private func publish(_ notice: Notice, on channel: String) {
        let watchers = state.withLock { $0.watchers[channel] ?? [:] }
        for (number, watcher) in watchers { tell(notice, to: watcher, number) }
    }

    private func tell(_ notice: Notice, to watcher: Watcher, _ number: Int) {
        let isLagging = state.withLock { $0.lagging.contains(number) }
        let isTold = watcher.tell(isLagging ? .resynchronize : notice)
        guard isTold == isLagging else { return }
        state.withLock { state in
            if isTold { state.lagging.remove(number) } else { state.lagging.insert(number) }
        }
    }
}
