import Logging
import NIOCore
import Synchronization

/// The channels a subscriber wants, restored on every connection, and the way of their messages to the owner.
final class SubscriptionRegister: LinkObserver {
    private struct State {
        var channels: Set<String> = []
        var hasConnected = false
    }

    let events: EventBuffer
    private let timeLimit: TimeAmount
    private let logger: Logger
    private let state = Mutex(State())

    init(configuration: RedisConfiguration, logger: Logger) {
        events = EventBuffer(limit: configuration.limits.bufferedMessages)
        timeLimit = TimeAmount(configuration.commandTimeout)
        self.logger = logger
    }

    /// Notes that `channel` is wanted.
    func insert(_ channel: String) {
        state.withLock { _ = $0.channels.insert(channel) }
    }

    func remove(_ channel: String) {
        state.withLock { _ = $0.channels.remove(channel) }
    }

    func linkConnected() -> Call? {
        let channels = state.withLock { $0.channels }
        guard !channels.isEmpty else {
            announce()
            return nil
        }
        // A command a channel: each gets its own confirmation, or its own refusal.
        let commands = channels.map { RedisCommand("SUBSCRIBE", $0) }
        return Call(.pipeline(commands), deadline: .now() + timeLimit) { self.restored($0) }
    }

    private func restored(_ outcome: Call.Outcome) {
        switch outcome {
        case .replies(let replies):
            let errors = replies.compactMap(\.error)
            if let error = errors.first {
                logger.error(
                    "Redis refused to restore subscriptions",
                    metadata: [LogKey.channels: "\(errors.count)", LogKey.error: "\(error)"]
                )
            }
            announce()
        case .reply, .failed:
            // The connection is lost; the next one tries again.
            break
        }
    }

    private func announce() {
        let isFirst = state.withLock { state in
            defer { state.hasConnected = true }
            return !state.hasConnected
        }
        events.append(isFirst ? .connected : .reconnected)
    }

    func linkPushed(_ message: RedisReply) {
        guard let channel = message[1].string, let payload = message[2].buffer else { return }
        // A subscription whose confirmation came too late is not known to anyone.
        guard state.withLock({ $0.channels.contains(channel) }) else { return }
        events.append(.message(RedisMessage(channel: channel, payload: payload)))
    }
}
