import EventLoopTasks
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle

/// A Redis server, or the primary that sentinels name, reached over one pipelined connection that any number of tasks share.
///
/// Commands of different tasks that are sent at the same time leave in one write. ``run()`` owns the connection: it connects,
/// reconnects with growing pauses, and on shutdown finishes what was accepted. Calls made before a connection stands wait for
/// it, for at most the command timeout, so the order in which services start does not matter.
///
/// What happens to a call when the connection is lost: one that was not sent yet waits for the next connection; one that was
/// sent fails as ``RedisErrorClass/indeterminate``, since nobody knows whether it was applied.
///
/// With sentinels every connection asks them first, checks by `ROLE` that it has the primary, and is closed as soon as one of them
/// publishes a switch or the server answers `READONLY`.
package final class RedisClient: Service, Sendable {
    package typealias State = RedisConnectionState

    package let configuration: RedisConfiguration
    let link: Link
    /// Runs tasks on the thread of the connections to commands and reads.
    package let executor: any TaskExecutor
    private let counters: StatisticsCounters
    /// Of readers and subscribers.
    private let furtherCounters = StatisticsCounters()
    private let group: any EventLoopGroup
    private let logger: Logger
    private let locator: PrimaryLocator?

    package init(
        _ configuration: RedisConfiguration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger
    ) {
        self.configuration = configuration
        group = eventLoopGroup
        self.logger = logger
        counters = StatisticsCounters()
        locator = PrimaryLocator(configuration)
        link = Link(
            connector: Connector(configuration: configuration, locator: locator, statistics: counters),
            role: .commands,
            eventLoop: eventLoopGroup.next(),
            logger: logger
        )
        executor = EventLoopExecutor(link.eventLoop)
    }

    /// Keeps the connection. Returns after a graceful shutdown, when every accepted call is done; cancelling the task closes at
    /// once and fails the calls under way.
    package func run() async throws {
        guard let locator else { return try await link.run() }
        let watch = SwitchWatch(locator: locator, eventLoop: link.eventLoop, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Ends early in a graceful shutdown; the link then goes on until all its calls are done.
            group.addTask { await watch.run() }
            try await link.run()
            group.cancelAll()
        }
    }

    /// A snapshot of the connection.
    package var state: State { link.report }

    /// What its connections have done so far.
    package var statistics: RedisStatistics { counters.snapshot.with(furtherCounters.snapshot) }

    /// Returns as soon as there is a connection. Throws when the server refuses us, when the client is shut down and when the
    /// task is cancelled; waits without limit otherwise.
    package func waitUntilConnected() async throws(RedisError) {
        try await link.waitUntilConnected()
    }

    /// Returns as soon as `condition` holds for ``state``, which is looked at whenever it changes. Throws when the task is
    /// cancelled.
    package func waitUntil(_ condition: (State) -> Bool) async throws(RedisError) {
        try await link.waitUntil(condition)
    }

    /// A connection of its own for blocking reads.
    package func makeReader() -> RedisReader {
        RedisReader(
            connector: Connector(configuration: configuration, locator: locator, statistics: furtherCounters),
            unblocker: link,
            eventLoop: link.eventLoop
        )
    }

    /// A connection of its own for subscriptions. Whoever makes it runs its ``RedisSubscriber/run()``.
    package func makeSubscriber() -> RedisSubscriber {
        RedisSubscriber(
            configuration: configuration,
            locator: locator,
            statistics: furtherCounters,
            eventLoop: group.next(),
            logger: logger
        )
    }
}
