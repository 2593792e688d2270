import Logging
import RedisClient
import Stepstream
import Synchronization

/// Shares one subscriber connection among all who watch: a channel is subscribed when its first watcher comes and left after the last.
///
/// Watchers come and go from any thread. What Redis is told is decided in one place, one change after the other, by whether the channel
/// has watchers then: so the last one's leaving can never undo the subscription of one who has just come.
final class SubscriptionHub: Sendable {
    /// What a watcher of a channel gets.
    enum Notice: Sendable {
        case message(String)
        /// The subscription stands, or stands again: what happened before may have been missed.
        case resynchronize
    }

    private typealias Tell = @Sendable (Notice) -> Void

    private enum Change: Sendable {
        case came([String], Tell)
        case left([String])
    }

    private struct State {
        var watchers: [String: [Int: Tell]] = [:]
        var endings: [Int: @Sendable () -> Void] = [:]
        var lastNumber = 0
        var isEnded = false
    }

    /// A watcher that falls so many notices behind is told to resynchronize instead.
    private static let room = 256

    private let subscriber: RedisSubscriber
    private let logger: Logger
    private let state = Mutex(State())
    private let changes = AsyncStream<Change>.makeStream()

    init(_ subscriber: RedisSubscriber, logger: Logger) {
        self.subscriber = subscriber
        self.logger = logger
    }

    /// Relays messages until the task is canceled; ends every watcher's stream then.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.subscriber.run() }
            group.addTask { await self.relay() }
            group.addTask { await self.follow() }
        }
        let endings = state.withLock { state in
            state.isEnded = true
            state.watchers = [:]
            defer { state.endings = [:] }
            return state.endings.values
        }
        for end in endings { end() }
    }

    /// Watches `channels` from now on; the first notice is `.resynchronize`, once the subscription stands.
    ///
    /// - Parameters:
    ///   - channels: what to watch.
    ///   - transform: makes the stream's elements.
    /// - Returns: the notices; ends when the store is shut down.
    func watch<Element: Sendable>(_ channels: [String], transform: @escaping @Sendable (Notice) -> Element) -> AsyncStream<Element> {
        let (watcher, stream) = Watcher.make(room: Self.room, transform: transform)
        let tell: Tell = { watcher.tell($0) }
        let number = state.withLock { state -> Int? in
            guard !state.isEnded else { return nil }
            state.lastNumber += 1
            for channel in channels { state.watchers[channel, default: [:]][state.lastNumber] = tell }
            state.endings[state.lastNumber] = { watcher.finish() }
            return state.lastNumber
        }
        guard let number else {
            watcher.finish()
            return stream
        }
        watcher.whenEnded { self.leave(channels, number) }
        changes.continuation.yield(.came(channels, tell))
        return stream
    }

    private func leave(_ channels: [String], _ number: Int) {
        state.withLock { state in
            state.endings[number] = nil
            for channel in channels {
                state.watchers[channel]?[number] = nil
                if state.watchers[channel]?.isEmpty == true { state.watchers[channel] = nil }
            }
        }
        changes.continuation.yield(.left(channels))
    }

    /// The one place that subscribes and unsubscribes.
    private func follow() async {
        var subscribed: Set<String> = []
        for await change in changes.stream {
            switch change {
            case .came(let channels, let tell):
                let fresh = channels.filter { isWatched($0) && subscribed.insert($0).inserted }
                for channel in fresh { subscriber.subscribe(channel) }
                // Where the subscription is new, its confirmation tells the watcher; else nothing would.
                if fresh.isEmpty { tell(.resynchronize) }
            case .left(let channels):
                for channel in channels where !isWatched(channel) && subscribed.remove(channel) != nil { subscriber.unsubscribe(channel) }
            }
        }
    }

    private func isWatched(_ channel: String) -> Bool {
        state.withLock { $0.watchers[channel] != nil }
    }

    private func relay() async {
        for await event in subscriber.events {
            switch event {
            case .message(let channel, let payload): publish(.message(payload), on: channel)
            case .subscribed(let channel): publish(.resynchronize, on: channel)
            }
        }
    }

    private func publish(_ notice: Notice, on channel: String) {
        let watchers = state.withLock { $0.watchers[channel] ?? [:] }
        for tell in watchers.values { tell(notice) }
    }
}
