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
            group.addTask { await self.connect() }
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
        watcher.whenEnded { self.leave(channels, number: number) }
        changes.continuation.yield(.came(channels, tell))
        return stream
    }

    private func leave(_ channels: [String], number: Int) {
        state.withLock { state in
            state.endings[number] = nil
            for channel in channels {
                state.watchers[channel]?[number] = nil
                if state.watchers[channel]?.isEmpty == true { state.watchers[channel] = nil }
            }
        }
        changes.continuation.yield(.left(channels))
    }

    private func connect() async {
        do {
            try await subscriber.run()
        } catch {
            logger.error("The connection for subscriptions ended", metadata: [LogKey.error: "\(error)"])
        }
    }

    /// The one place that subscribes and unsubscribes.
    private func follow() async {
        var subscribed: Set<String> = []
        for await change in changes.stream {
            switch change {
            case .came(let channels, let tell):
                for channel in channels where isWatched(channel) && !subscribed.contains(channel) {
                    if await subscribe(to: channel) { subscribed.insert(channel) }
                }
                tell(.resynchronize)
            case .left(let channels):
                for channel in channels where !isWatched(channel) && subscribed.remove(channel) != nil { await unsubscribe(from: channel) }
            }
        }
    }

    /// Tries until the subscription stands, nobody watches the channel any more, or the task is canceled.
    private func subscribe(to channel: String) async -> Bool {
        while isWatched(channel), !Task.isCancelled {
            do throws(RedisError) {
                try await subscriber.subscribe(channel)
                return true
            } catch {
                logger.warning("A channel could not be subscribed to yet", metadata: [LogKey.error: "\(error)"])
                // A call without a connection fails after its own time limit only; other errors come at once.
                do { try await Task.sleep(for: .milliseconds(200)) } catch { return false }
            }
        }
        return false
    }

    private func unsubscribe(from channel: String) async {
        do throws(RedisError) {
            try await subscriber.unsubscribe(channel)
        } catch {
            // Its messages arrive no more all the same; a new connection subscribes only to what is watched.
            logger.debug("Redis did not confirm that a channel was unsubscribed", metadata: [LogKey.error: "\(error)"])
        }
    }

    private func isWatched(_ channel: String) -> Bool {
        state.withLock { $0.watchers[channel] != nil }
    }

    private func relay() async {
        for await event in subscriber.events {
            switch event {
            case .connected: break
            case .reconnected, .missed: publishEverywhere(.resynchronize)
            case .message(let message): publish(message.text.map(Notice.message) ?? .resynchronize, on: message.channel)
            }
        }
    }

    private func publishEverywhere(_ notice: Notice) {
        let watchers = state.withLock { state in
            // One who watches several channels is told once.
            state.watchers.values.reduce(into: [Int: Tell]()) { $0.merge($1) { first, _ in first } }
        }
        for tell in watchers.values { tell(notice) }
    }

    private func publish(_ notice: Notice, on channel: String) {
        let watchers = state.withLock { $0.watchers[channel] ?? [:] }
        for tell in watchers.values { tell(notice) }
    }
}
