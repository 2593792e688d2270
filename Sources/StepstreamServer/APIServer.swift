import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import Stepstream
@_exported public import StepstreamAPI
import StepstreamDashboard

/// Serves the HTTP API and the dashboard, and runs the sync steps of what it accepts.
///
/// The end, on a graceful shutdown: no connection is accepted any more, long polls are answered, requests are finished; sync steps that
/// still run after `ServerConfiguration.drainGrace` are released.
public final class APIServer: Service {
    private let parts: APIParts
    private let liveUpdates: LiveUpdates
    private let api: Listener
    /// The dashboard's own, where it has one.
    private let pages: Listener?
    /// The routes it has, as `GET /path`, and whether each is a page for people.
    package let routes: [(name: String, isPage: Bool)]

    /// A server.
    ///
    /// - Parameters:
    ///   - configuration: how it listens.
    ///   - store: where operations live.
    ///   - catalog: what can be submitted.
    ///   - handlers: what sync steps it can run itself; others go to workers.
    ///   - logger: where it logs.
    public convenience init(
        configuration: ServerConfiguration,
        store: any OperationStore,
        catalog: DefinitionCatalog,
        handlers: HandlerRegistry,
        logger: Logger
    ) {
        self.init(configuration: configuration, store: store, catalog: catalog, handlers: handlers, meters: Meters(), logger: logger)
    }

    /// A server that counts its requests in `meters` and serves `ownMetrics` at `/metrics`, in the text format of Prometheus.
    package init(
        configuration: ServerConfiguration,
        store: any OperationStore,
        catalog: DefinitionCatalog,
        handlers: HandlerRegistry,
        meters: Meters,
        ownMetrics: @escaping @Sendable () -> String = { "" },
        logger: Logger
    ) {
        let port = Announcement<Int?>()
        parts = APIParts(
            configuration: configuration,
            store: store.roles,
            catalog: catalog,
            handlers: handlers,
            port: port,
            logger: logger
        )
        var endpoints = Endpoints()
        let api = APIRoutes(parts, ownMetrics: ownMetrics)
        api.add(to: &endpoints)
        routes = endpoints.routes
        let dashboard = DashboardRoutes(parts, events: api.events)
        liveUpdates = dashboard.liveUpdates
        if let place = configuration.dashboardListener {
            var pageEndpoints = Endpoints()
            dashboard.add(to: &pageEndpoints)
            let responder = pageEndpoints.responder(address: parts.address, meters: meters)
            pages = Listener(
                place.host,
                port: place.port,
                responder: responder,
                parts: parts,
                title: "Serving the dashboard",
                logger: logger
            )
        } else {
            dashboard.add(to: &endpoints)
            pages = nil
        }
        self.api = Listener(
            configuration.host,
            port: configuration.port,
            announcing: port,
            responder: endpoints.responder(address: parts.address, meters: meters),
            parts: parts,
            title: "Serving HTTP",
            logger: logger
        )
    }

    /// The port it listens on, as soon as it does; nil when it ended without listening.
    public func listeningPort() async -> Int? {
        await api.port()
    }

    /// The port of the dashboard's own listener, as soon as it listens; nil when there is none, or it ended without listening.
    public func dashboardPort() async -> Int? {
        await pages?.port()
    }

    /// Serves until a graceful shutdown is through or the task is canceled.
    ///
    /// - Throws: when the address cannot be listened on.
    public func run() async throws {
        defer {
            api.end()
            pages?.end()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Leases are renewed to the very end: a step that is finishing must not lose its own.
            group.addTask { await self.parts.leases.keep() }
            group.addTask { await self.drain() }
            group.addTask { await self.parts.gate.watch() }
            group.addTask { await self.parts.estimates.watch() }
            group.addTask { await self.liveUpdates.run() }
            try await self.serve()
            group.cancelAll()
        }
    }

    /// Serves, then waits for what runs inline.
    private func serve() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.parts.inline.run() }
            try await listen()
            parts.inline.finish()
            try await group.waitForAll()
        }
    }

    /// Serves on all listeners; one that fails ends the others.
    private func listen() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.api.run() }
            if let pages { group.addTask { try await pages.run() } }
            while try await group.next() != nil {}
        }
    }

    /// Releases what runs inline, some time after a graceful shutdown began, or at once when the task is canceled.
    private func drain() async {
        defer { parts.leases.drain() }
        do {
            try await gracefulShutdown()
            try await Task.sleep(for: parts.configuration.drainGrace)
        } catch {
            return
        }
    }
}
