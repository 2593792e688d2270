import FoundationEssentials
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
public import Stepstream

/// Serves the HTTP API and runs the sync steps of what it accepts.
///
/// The end, on a graceful shutdown: no connection is accepted any more, long polls are answered, requests are finished; sync steps that
/// still run after `ServerConfiguration.drainGrace` are handed back.
public final class APIServer: Service {
    private let configuration: ServerConfiguration
    private let address: PublicAddress
    private let listening: Announcement<Int?>
    private let store: RequestStore
    private let leases: LeaseKeeper
    private let inline: InlineTasks
    private let estimates: RetryEstimates
    private let pulse: Pulse
    private let responder: APIResponder
    /// Of the dashboard, where it has a listener of its own.
    private let pages: APIResponder?
    private let listeningPages: Announcement<Int?>
    private let logger: Logger
    /// The routes it has, as `GET /path`, and whether each is a page for people.
    let routes: [(name: String, isPage: Bool)]

    /// A server.
    ///
    /// - Parameters:
    ///   - configuration: how it listens.
    ///   - store: where operations live.
    ///   - catalog: what can be submitted.
    ///   - handlers: what sync steps it can run itself; others go to workers.
    ///   - deliveries: where the deliveries of webhooks live; nil: they are not shown.
    ///   - counts: where is counted what happens; nil: the dashboard shows no rates.
    ///   - topology: where processes are registered; nil: who publishes and consumes is not shown.
    ///   - meters: where requests are counted.
    ///   - ownMetrics: what this process has counted, in the text format of Prometheus; told at `/metrics`.
    ///   - logger: where it logs.
    public init(
        configuration: ServerConfiguration,
        store: any OperationStore,
        catalog: DefinitionCatalog,
        handlers: HandlerRegistry,
        deliveries: (any DeliveryStore)? = nil,
        counts: (any CountStore)? = nil,
        topology: (any TopologyStore)? = nil,
        meters: Meters = Meters(),
        ownMetrics: @escaping @Sendable () -> String = { "" },
        logger: Logger
    ) {
        self.configuration = configuration
        self.logger = logger
        listening = Announcement()
        listeningPages = Announcement()
        address = PublicAddress(configuration, listening: listening)
        let requests = RequestStore(store, logger: logger)
        self.store = requests
        inline = InlineTasks(limit: configuration.inlineOperations, logger: logger)
        leases = LeaseKeeper(
            consumer: "api-\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)",
            length: configuration.lease,
            store: store,
            logger: logger
        )
        let executor = StepExecutor(store: store, handlers: handlers, leases: leases, logger: logger)
        let reads = CoalescedReads(store: requests)
        let watcher = OperationWatcher(store: requests, reads: reads)
        let health = HealthCache(store: store)
        estimates = RetryEstimates(health: health)
        let submitter = Submitter(
            configuration: configuration,
            store: requests,
            runner: InlineRunner(store: store, executor: executor, leases: leases, logger: logger),
            leases: leases,
            inline: inline,
            watcher: watcher,
            logger: logger
        )
        let definitions = DefinitionCache(store: store)
        let documents = Documents(catalog: catalog, definitions: definitions, address: address, estimates: estimates)
        let bodies = BodyReader(depth: configuration.inputDepth)

        var endpoints = Endpoints()
        OperationsRoutes(
            configuration: configuration,
            store: requests,
            catalog: catalog,
            documents: documents,
            submitter: KeyedSubmitter(store: requests, submitter: submitter, logger: logger),
            watcher: watcher,
            bodies: bodies
        ).add(to: &endpoints)
        BatchRoute(configuration: configuration, catalog: catalog, documents: documents, submitter: submitter, bodies: bodies)
            .add(to: &endpoints)
        OutlookRoute(store: requests, documents: documents).add(to: &endpoints)
        let actions = OperationActions(store: requests, definitions: definitions, leases: leases)
        ActionRoutes(configuration: configuration, actions: actions, documents: documents, bodies: bodies).add(to: &endpoints)
        let limits = WatcherLimits(
            total: configuration.watchers,
            eachCaller: configuration.watchersPerCaller,
            eachAddress: configuration.watchersPerAddress
        )
        let events = EventRoutes(configuration: configuration, store: requests, reads: reads, documents: documents, limits: limits)
        events.add(to: &endpoints)
        let deliveries = deliveries.map { DeliveryActions(store: $0, operations: requests) }
        if let deliveries { DeliveryRoutes(actions: deliveries, address: address, bodies: bodies).add(to: &endpoints) }
        ConsistencyRoutes(configuration: configuration, store: requests, watcher: watcher).add(to: &endpoints)
        IDsRoute(bodies: bodies).add(to: &endpoints)
        DefinitionsRoutes(catalog: catalog).add(to: &endpoints)
        DescriptionRoutes(catalog: catalog).add(to: &endpoints)
        HealthRoutes(health: health, requests: requests).add(to: &endpoints)
        let topology = topology.map(TopologyCache.init(store:))
        MetricsRoute(health: health, topology: topology, own: ownMetrics).add(to: &endpoints)
        if let topology { TopologyRoutes(topology: topology, catalog: catalog, address: address).add(to: &endpoints) }
        ProblemPages().add(to: &endpoints)
        if let counts { CountsRoute(counts: counts).add(to: &endpoints) }
        let queues = QueueActions(store: requests, health: health)
        QueueRoutes(actions: queues, bodies: bodies).add(to: &endpoints)
        // What follows is for people, and none of the API.
        routes = endpoints.routes
        let readings = Readings(health: health, topology: topology, counts: counts)
        pulse = Pulse(readings: readings)
        var pages = Endpoints()
        let dashboard = DashboardRoutes(
            configuration: configuration,
            store: requests,
            catalog: catalog,
            documents: documents,
            actions: actions,
            queues: queues,
            deliveries: deliveries,
            readings: readings,
            pulse: pulse,
            limits: limits,
            events: events,
            bodies: bodies,
            door: DashboardDoor(configuration)
        )
        if configuration.dashboardListener == nil { dashboard.add(to: &endpoints) } else { dashboard.add(to: &pages) }
        self.pages = configuration.dashboardListener == nil ? nil : pages.responder(address: address, meters: meters)
        responder = endpoints.responder(address: address, meters: meters)
    }

    /// The port it listens on, as soon as it does; nil when it ended without listening.
    public func listeningPort() async -> Int? {
        await listening.value()
    }

    /// The port of the dashboard's own listener, as soon as it listens; nil when there is none, or it ended without listening.
    public func dashboardPort() async -> Int? {
        configuration.dashboardListener == nil ? nil : await listeningPages.value()
    }

    /// Serves until a graceful shutdown is through or the task is canceled.
    ///
    /// - Throws: when the address cannot be listened on.
    public func run() async throws {
        defer {
            listening.give(nil)
            listeningPages.give(nil)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Leases are renewed to the very end: a step that is finishing must not lose its own.
            group.addTask { await self.leases.keep() }
            group.addTask { await self.drain() }
            group.addTask { await self.store.watch() }
            group.addTask { await self.estimates.watch() }
            group.addTask { await self.pulse.run() }
            try await self.serve()
            group.cancelAll()
        }
    }

    /// Serves, then waits for what runs inline.
    private func serve() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.inline.run() }
            try await listen()
            inline.finish()
            try await group.waitForAll()
        }
    }

    /// Serves on all listeners; one that fails ends the others.
    private func listen() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.listen(self.configuration.host, self.configuration.port, self.responder, "Serving HTTP", self.listening)
            }
            if let pages, let place = configuration.dashboardListener {
                group.addTask { try await self.listen(place.host, place.port, pages, "Serving the dashboard", self.listeningPages) }
            }
            while try await group.next() != nil {}
        }
    }

    /// Hands back what runs inline, some time after a graceful shutdown began, or at once when the task is canceled.
    private func drain() async {
        defer { leases.drain() }
        do {
            try await gracefulShutdown()
            try await Task.sleep(for: configuration.drainGrace)
        } catch {
            return
        }
    }

    private func listen(
        _ host: String,
        _ port: Int,
        _ responder: APIResponder,
        _ words: Logger.Message,
        _ listening: Announcement<Int?>
    ) async throws {
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [http] responder in APIChannel(HTTP1Channel(responder: responder, configuration: http)) },
            configuration: .init(
                address: .hostname(host, port: port),
                serverName: nil,
                availableConnectionsDelegate: .maximum(configuration.connections, logger: logger)
            ),
            onServerRunning: { [logger] channel in
                let port = channel.localAddress?.port ?? 0
                logger.notice(words, metadata: [LogKey.address: "http://\(host):\(port)"])
                listening.give(port)
            },
            logger: logger
        )
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListenError(error, host, port) ?? error
        }
    }

    private var http: HTTP1Channel.Configuration {
        let limits = ConnectionTiming.Limits(
            head: TimeAmount(configuration.headerDeadline),
            request: TimeAmount(configuration.requestDeadline),
            idle: TimeAmount(configuration.idleTimeout)
        )
        let address = address
        return .init(
            additionalChannelHandlers: [ConnectionGuard(limits: limits, base: { address.base })],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: configuration.headerSize,
                maxHeaderListSize: configuration.headerSize,
                maxHeaderFieldCount: configuration.headerFields
            )
        )
    }
}
