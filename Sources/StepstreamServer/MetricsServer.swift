import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle
import Stepstream

/// What a process without an API serves about itself: `/metrics` and `/healthz`, nothing else.
package struct MetricsServer: Service {
    private let host: String
    private let port: Int
    private let metrics: @Sendable () -> String
    private let logger: Logger

    /// A server on `host` and `port` for `metrics`, in the text format of Prometheus.
    package init(host: String, port: Int, logger: Logger, metrics: @escaping @Sendable () -> String) {
        self.host = host
        self.port = port
        self.metrics = metrics
        self.logger = logger
    }

    /// Serves until a graceful shutdown.
    ///
    /// - Throws: when the address cannot be listened on.
    package func run() async throws {
        let router = Router()
        router.get("/metrics") { [metrics] _, _ in Response.metrics(metrics()) }
        router.get("/healthz") { _, _ in HTTPResponse.Status.ok }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { [logger, host] channel in
                let port = channel.localAddress?.port ?? 0
                logger.notice("Serving metrics", metadata: [LogKey.address: "http://\(host):\(port)/metrics"])
            },
            logger: logger
        )
        try await application.run()
    }
}
