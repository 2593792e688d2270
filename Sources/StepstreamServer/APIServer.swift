import FoundationEssentials
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import Stepstream

/// Serves the HTTP API and runs the sync steps of what it accepts.
///
/// The end, on a graceful shutdown: no connection is accepted any more, requests are answered, sync steps that still run are handed back.
public final class APIServer: Service {
    private let configuration: ServerConfiguration
    private let leases: LeaseKeeper
    private let inline = InlineTasks()
    private let responder: RouterResponder<APIContext>
    private let logger: Logger

    /// A server.
    ///
    /// - Parameters:
    ///   - configuration: how it listens.
    ///   - store: where operations live.
    ///   - catalog: what can be submitted.
    ///   - handlers: what sync steps it can run itself; others go to workers.
    ///   - logger: where it logs.
    public init(
        configuration: ServerConfiguration,
        store: any OperationStore,
        catalog: DefinitionCatalog,
        handlers: HandlerRegistry,
        logger: Logger
    ) {
        self.configuration = configuration
        self.logger = logger
        leases = LeaseKeeper(
            consumer: "api-\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)",
            length: configuration.lease,
            store: store,
            logger: logger
        )
        let executor = StepExecutor(store: store, handlers: handlers, leases: leases, logger: logger)
        let runner = InlineRunner(store: store, executor: executor, leases: leases, logger: logger)
        let watcher = OperationWatcher(store: store)
        let submitter = Submitter(
            configuration: configuration,
            store: store,
            catalog: catalog,
            runner: runner,
            leases: leases,
            inline: inline,
            watcher: watcher
        )
        let base: @Sendable (Request) -> String = { request in
            configuration.publicURL ?? "http://\(request.head.authority ?? "\(configuration.host):\(configuration.port)")"
        }
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: ProblemMiddleware(
                base: base,
                methods: MethodTable([
                    ("/v1/operations", ["GET", "HEAD", "POST"]), ("/v1/operations:batch", ["POST"]),
                    ("/v1/operations/{id}", ["DELETE", "GET", "HEAD", "POST"]), ("/v1/ids", ["POST"]),
                    ("/v1/definitions", ["GET", "HEAD"]),
                    ("/healthz", ["GET", "HEAD"]), ("/readyz", ["GET", "HEAD"]), ("/problems/{kind}", ["GET", "HEAD"]),
                ])
            )
        )
        OperationsRoutes(
            configuration: configuration,
            store: store,
            definitions: DefinitionCache(store: store),
            catalog: catalog,
            submitter: submitter,
            watcher: watcher,
            base: base
        ).add(to: router)
        ServiceRoutes(store: store, catalog: catalog, base: base).add(to: router)
        responder = router.buildResponder()
    }

    /// Serves until a graceful shutdown is through or the task is canceled.
    public func run() async throws {
        let application = Application(
            responder: responder,
            configuration: .init(address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { [logger, host = configuration.host] channel in
                logger.notice("Serving HTTP", metadata: [LogKey.address: "http://\(host):\(channel.localAddress?.port ?? 0)"])
            },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.leases.run() }
            group.addTask { await self.inline.run() }
            group.addTask {
                do {
                    try await withGracefulShutdownHandler {
                        try await application.runService(gracefulShutdownSignals: [])
                    } onGracefulShutdown: {
                        self.leases.drain()
                    }
                } catch let error as IOError {
                    if let words = ListenError(error, self.configuration) { throw words }
                    throw error
                }
                self.inline.finish()
            }
            // The server ends first, then its inline tasks; renewal stops last.
            try await group.next()
            try await group.next()
            group.cancelAll()
        }
    }
}
