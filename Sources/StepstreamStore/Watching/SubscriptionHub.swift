import Logging
import RedisClient
import Stepstream
import Synchronization

/// Shares one subscriber connection among all who watch: a channel is subscribed when its first watcher comes and left after the last.
///
/// Watchers come and go from any thread. What is sent to Redis is decided in one place, one change after the other, by whether the channel
/// has watchers then: so the last one's leaving can never undo the subscription of one who has just come.
final class SubscriptionHub: Sendable {
    private enum Change: Sendable {
        /// Somebody watches these channels; once their subscriptions stand, the watcher is notified.
        case came([String], stands: @Sendable () -> Void)
        case left([String])
    }

    private struct State {
        var watchers: [String: any ChannelWatchers] = [:]
        var endings: [Int: @Sendable () -> Void] = [:]
        var lastNumber = 0
        var isEnded = false
    }

    /// A watcher that falls so many notices behind has to resynchronize.
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

    /// Watches `channels` from now on; the first notice is `.resynchronize`, once the subscription stands. A channel is always watched for
    /// the same kind of notice.
    ///
    /// - Returns: the notices; ends when the store is shut down.
    func watch<Notice: PublishedNotice>(_ channels: [String], for notice: Notice.Type = Notice.self) -> AsyncStream<Notice> {
        let (watcher, stream) = Watcher<Notice>.make(room: Self.room)
        let number = state.withLock { state -> Int? in
            guard !state.isEnded else { return nil }
            state.lastNumber += 1
            for channel in channels {
                var watchers = state.watchers[channel] as? NoticeWatchers<Notice> ?? NoticeWatchers()
                watchers.add(watcher, number: state.lastNumber)
                state.watchers[channel] = watchers
            }
            state.endings[state.lastNumber] = { watcher.finish() }
            return state.lastNumber
        }
        guard let number else {
            watcher.finish()
            return stream
        }
        watcher.whenEnded { self.leave(channels, number: number) }
        changes.continuation.yield(.came(channels) { watcher.notify(.resynchronize) })
        return stream
    }

    private func leave(_ channels: [String], number: Int) {
        state.withLock { state in
            state.endings[number] = nil
            for channel in channels {
                state.watchers[channel]?.remove(number)
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
            case .came(let channels, let stands):
                for channel in channels where isWatched(channel) && !subscribed.contains(channel) {
                    if await subscribe(to: channel) { subscribed.insert(channel) }
                }
                stands()
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
            case .reconnected, .missed: resynchronize(state.withLock { Array($0.watchers.values) })
            case .message(let message): publish(message)
            }
        }
    }

    private func publish(_ message: RedisMessage) {
        guard let watchers = state.withLock({ $0.watchers[message.channel] }) else { return }
        if let text = message.text {
            watchers.publish(text)
        } else {
            resynchronize([watchers])
        }
    }

    private func resynchronize(_ channels: [any ChannelWatchers]) {
        // One who watches several channels is notified once.
        var notified: Set<Int> = []
        for watchers in channels { watchers.resynchronize(except: &notified) }
    }
}
