import Logging
import NIOCore
import ServiceLifecycle

/// A connection for subscriptions (Redis pub/sub).
///
/// Pub/sub delivers at most once: whatever is published while the connection is down, or faster than the owner reads, is gone.
/// ``events`` says so at the place in the stream where it happened, so that the owner can read the state it mirrors anew.
///
/// Subscribing twice to a channel is the same as once: who shares a subscriber counts.
package final class RedisSubscriber: Service, Sendable {
    private let link: Link
    private let register: SubscriptionRegister
    private let keepAlive: Duration

    /// `channels` are subscribed to before the first event.
    init(
        configuration: RedisConfiguration,
        channels: [String] = [],
        locator: (any ServerLocator)?,
        statistics: StatisticsCounters = StatisticsCounters(),
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        register = SubscriptionRegister(configuration: configuration, logger: logger)
        for channel in channels { register.insert(channel) }
        keepAlive = configuration.keepAlive
        link = Link(
            connector: Connector(configuration: configuration, locator: locator, statistics: statistics),
            role: .subscriber,
            eventLoop: eventLoop,
            observer: register,
            logger: logger
        )
    }

    /// Messages and changes of the connection, until ``run()`` has ended.
    package var events: RedisSubscriberEvents { RedisSubscriberEvents(buffer: register.events) }

    /// A snapshot of the connection.
    package var state: RedisConnectionState { link.report }

    /// Keeps the connection and all subscriptions; the owner's task runs it. Returns after a graceful shutdown, or when the task
    /// is cancelled.
    package func run() async throws {
        defer { register.events.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.stayAlive() }
            group.addTask { try await self.link.run() }
            // stayAlive ends only when it is cancelled, so the first to end is the link.
            try await group.next()
            group.cancelAll()
        }
    }

    /// Subscribes to `channel`, and returns when Redis has confirmed it: messages published from then on arrive. The subscription
    /// is restored on every new connection.
    ///
    /// - Throws: ``RedisError/Code/noPermission`` when the user may not read the channel; ``RedisError/Code/timedOut`` without a
    ///   connection. The channel is not subscribed to then.
    package func subscribe(_ channel: String) async throws(RedisError) {
        register.insert(channel)
        do throws(RedisError) {
            try await confirm(RedisCommand("SUBSCRIBE", channel))
        } catch {
            register.remove(channel)
            throw error
        }
    }

    /// Ends the subscription to `channel`; no message of it arrives any more, even if this throws.
    package func unsubscribe(_ channel: String) async throws(RedisError) {
        register.remove(channel)
        try await confirm(RedisCommand("UNSUBSCRIBE", channel))
    }

    private func confirm(_ command: RedisCommand) async throws(RedisError) {
        switch await link.perform(.command(command)) {
        case .reply(let reply): if let error = reply.error { throw error }
        case .failed(let error): throw error
        case .replies: throw RedisError(.unexpectedReply, "a subscription got several replies", class: .indeterminate)
        }
    }

    /// A connection whose other end has vanished looks like one without messages: ask. A PING that is not answered in time
    /// closes the connection, and the link makes a new one.
    private func stayAlive() async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: keepAlive)
            } catch {
                return
            }
            if link.report.isConnected { _ = await link.perform(.command(RedisCommand("PING"))) }
        }
    }
}
