import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Stepstream
import StepstreamAPI

/// One address that is listened on.
struct Listener: Sendable {
    private let host: String
    private let configuredPort: Int
    private let listening: Announcement<Int?>
    private let responder: APIResponder
    private let parts: APIParts
    private let title: Logger.Message
    private let logger: Logger

    /// A listener that gives the port to `listening` as soon as it listens, and nil when it ends.
    init(
        _ host: String,
        port: Int,
        announcing listening: Announcement<Int?> = Announcement(),
        responder: APIResponder,
        parts: APIParts,
        title: Logger.Message,
        logger: Logger
    ) {
        self.host = host
        configuredPort = port
        self.listening = listening
        self.responder = responder
        self.parts = parts
        self.title = title
        self.logger = logger
    }

    /// The port, as soon as it listens; nil when it ended without.
    func port() async -> Int? { await listening.value() }

    /// Says that it does not listen, if it never did.
    func end() { listening.give(nil) }

    /// Serves until a graceful shutdown is through or the task is canceled.
    func run() async throws {
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [parts] responder in
                APIChannel(HTTP1Channel(responder: responder, configuration: .init(parts.configuration, address: parts.address)))
            },
            configuration: .init(
                address: .hostname(host, port: configuredPort),
                serverName: nil,
                availableConnectionsDelegate: .maximum(parts.configuration.connections, logger: logger)
            ),
            onServerRunning: { [host, title, listening, logger] channel in
                let port = channel.localAddress?.port ?? 0
                logger.notice(title, metadata: [LogKey.address: "http://\(host):\(port)"])
                listening.give(port)
            },
            logger: logger
        )
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListenError(error, host: host, port: configuredPort) ?? error
        }
    }
}
