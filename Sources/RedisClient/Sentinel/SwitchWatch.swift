import Logging
import NIOCore

/// Listens to every sentinel for switches.
///
/// A primary that stood still and goes on does not know that it was replaced and takes writes until the sentinels reach it, up to ten
/// seconds later: nothing on the connection to it shows that. All sentinels are listened to, since each may be the one that is cut off.
struct SwitchWatch: Sendable {
    let locator: PrimaryLocator
    let eventLoop: any EventLoop
    let logger: Logger

    /// Listens until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for sentinel in locator.sentinels.addresses { group.addTask { await self.listen(to: sentinel) } }
        }
    }

    private func listen(to sentinel: RedisConfiguration.Endpoint) async {
        let subscriber = RedisSubscriber(
            configuration: locator.configuration.sentinel(at: sentinel),
            channels: [SwitchNotice.channel],
            locator: nil,
            eventLoop: eventLoop,
            logger: logger
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await subscriber.run()
                } catch {
                    logger.error("the watch over a sentinel ended", metadata: [LogKey.error: "\(error)"])
                }
            }
            for await event in subscriber.events {
                switch event {
                case .message(let message): switched(message, at: sentinel)
                case .connected, .reconnected, .missed: await compare(with: sentinel)
                }
            }
            group.cancelAll()
        }
    }

    private func switched(_ message: RedisMessage, at sentinel: RedisConfiguration.Endpoint) {
        guard let notice = message.text.flatMap({ SwitchNotice($0) }), notice.name == locator.sentinels.primaryName else { return }
        logger.notice(
            "the sentinels made another Redis the primary",
            metadata: [LogKey.endpoint: "\(notice.primary)", LogKey.left: "\(notice.left)"]
        )
        locator.switched(notice, toldBy: sentinel)
    }

    /// What was published while nobody listened is gone.
    private func compare(with sentinel: RedisConfiguration.Endpoint) async {
        switch await locator.ask(sentinel, on: eventLoop) {
        case .address(let primary): locator.heard(primary, from: sentinel)
        // The search for the primary says so where it matters.
        case .unknown, .silent: break
        }
    }
}
