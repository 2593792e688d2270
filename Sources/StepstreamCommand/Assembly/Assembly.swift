import AsyncHTTPClient
import Foundation
import Logging
import RedisClient
import ServiceLifecycle
import Stepstream
import StepstreamConfiguration
import StepstreamMetrics
import StepstreamServer
import StepstreamStore
import StepstreamTracing
import StepstreamWorker
import UnixSignals

/// Puts the parts together: the only place where the store meets the server and the workers.
struct Assembly {
    let settings: Settings
    let role: Name
    let logger: Logger
    let client: RedisClient
    let store: RedisStore
    /// The store's roles, with what happens to operations measured; in a debug build also with the faults that the laboratory asks for.
    let roles: StoreRoles
    let counts: CountKeeper
    let meters: Meters
    let registry = PrometheusRegistry()
    let catalog: DefinitionCatalog
    let deliveries: DeliveryConfiguration
    let http: HTTPClient
    let exporter: SpanExporter?
    let tracer: (any OperationTracer)?
    let exec = ExecHandler()

    /// The parts of a process in the role `role`, on the configured Redis or the one at `redis`.
    init(_ settings: Settings, role: Name, redis: String? = nil) throws {
        self.settings = settings
        self.role = role
        logger = Logger(label: "stepstream.\(role)")
        var configuration = try settings.redis(url: redis)
        configuration.clientName = "stepstream-\(role)"
        client = RedisClient(configuration, logger: logger)
        deliveries = try settings.deliveries(environment: ProcessInfo.processInfo.environment)
        var storeConfiguration = settings.store
        storeConfiguration.webhookEvents = Set(deliveries.endpoints.flatMap(\.events))
        for endpoint in deliveries.endpoints { storeConfiguration.receivers[endpoint.name.text] = endpoint.url.text }
        store = RedisStore(storeConfiguration, client: client, logger: logger)
        meters = Meters(factory: registry)
        counts = CountKeeper(store, logger: logger)
        catalog = try settings.catalog()
        http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPHandler.clientConfiguration(concurrency: settings[WorkerSettings.concurrency])
        )
        exporter = settings.exporter(role: role.text, http: http, meters: meters, logger: logger)
        tracer = exporter.map { OperationSpans(tracer: OTLPTracer($0)) }
        let observer = OperationObserver(meters: meters, counts: counts, tracer: tracer) { .now }
        roles = store.roles.observed(by: observer).withFaults()
    }

    /// What this process can run.
    var handlers: HandlerRegistry {
        HandlerRegistry(http: HTTPHandler(client: http, logger: logger), exec: exec).withFaults()
    }

    /// The API server.
    func server() -> APIServer {
        var configuration = settings.server
        configuration.endpoints = deliveries.endpoints
        return APIServer(
            configuration: configuration.withFaults(),
            store: roles,
            catalog: catalog,
            handlers: handlers,
            meters: meters,
            ownMetrics: ownMetrics,
            logger: logger
        )
    }

    /// A worker of the configured queues, or of all that the definitions name.
    func worker() -> Worker {
        Worker(settings.worker(catalog).withFaults(), store: roles, handlers: handlers, logger: logger)
    }

    /// What delivers webhooks, beside every worker.
    func webhooks() -> WebhookService {
        WebhookService(deliveries, store: store, tracer: tracer, onTry: noteTry, logger: logger)
    }

    /// Serves the metrics of a process without an API, if the settings name a port for it.
    func metricsServer() -> MetricsServer? {
        settings[WorkerSettings.metricsPort].map { port in
            MetricsServer(host: settings[HTTPSettings.host], port: port, logger: logger, metrics: ownMetrics)
        }
    }

    private var ownMetrics: @Sendable () -> String {
        { [registry, client] in registry.text + client.metrics }
    }

    private var noteTry: @Sendable (DeliveryOutcome) -> Void {
        { [meters, counts] outcome in
            let name =
                switch outcome.fate {
                case .delivered: "delivered"
                case .again: "again"
                case .exhausted: "exhausted"
                case .disabled: "disabled"
                }
            meters.count(.webhookTries, labels: [name])
            counts.count(outcome.fate == .delivered ? .delivered : .undelivered)
        }
    }

    /// What keeps this process registered.
    func registrar(serves: Bool, works: Bool) -> Registrar {
        let process = ProcessInfo.processInfo
        let since = Milliseconds.now
        var registration = Registration(role: role, host: process.hostName, pid: Int(process.processIdentifier), since: since)
        registration.run(handlers)
        if serves { registration.accept(catalog) }
        if works {
            let worker = settings.worker(catalog)
            registration.consume(worker.queues, as: worker.consumer, having: catalog)
            registration.endpoints = deliveries.endpoints.map(Registration.Endpoint.init)
        }
        return Registrar(registration, store: store, logger: logger)
    }

    /// Runs `services` on the store until SIGTERM or SIGINT, or until `end` ends. Each service ends before those in front of it.
    func run(_ services: [any Service], before first: [any Service] = []) async throws {
        let all: [any Service] = first + [client, store, counts, exec] + [exporter].compactMap { $0 } + services
        let configurations = all.map { service in
            ServiceGroupConfiguration.ServiceConfiguration(
                service: service,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup
            )
        }
        let group = ServiceGroup(
            configuration: .init(services: configurations, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        )
        do {
            try await group.run()
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }
}
