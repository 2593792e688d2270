import Foundation
import Logging
import ServiceLifecycle
import Stepstream
import StepstreamServer
import StepstreamStore
import StepstreamWorker
import UnixSignals

// What the article "Deploying" shows, held to it by `ArticleTests`.

func runAPI(redis: String, catalog: DefinitionCatalog, logger: Logger) async throws {
    let store = try RedisStore(url: redis, logger: logger)
    var configuration = ServerConfiguration()
    configuration.host = "0.0.0.0"
    configuration.publicURL = "https://orders.example"
    // No handlers: sync steps go to the workers, too.
    let server = APIServer(configuration: configuration, store: store, catalog: catalog, handlers: HandlerRegistry(), logger: logger)
    var registration = register("orders-api")
    registration.accept(catalog)
    let registrar = Registrar(registration, store: store, logger: logger)
    try await run([store, server, registrar], logger: logger)
}

func runWorker(redis: String, catalog: DefinitionCatalog, handlers: HandlerRegistry, logger: Logger) async throws {
    let store = try RedisStore(url: redis, logger: logger)
    var configuration = WorkerConfiguration(queues: ["default", "payments"], concurrency: 32)
    configuration.graceTime = .seconds(20)
    let worker = Worker(configuration, store: store, handlers: handlers, logger: logger)
    var registration = register("orders-worker")
    registration.consume(configuration.queues, as: configuration.consumer, having: catalog)
    registration.run(handlers)
    let registrar = Registrar(registration, store: store, logger: logger)
    try await run([store, worker, registrar], logger: logger)
}

func register(_ role: Name) -> Registration {
    let process = ProcessInfo.processInfo
    let now = Milliseconds(Int64(Date.now.timeIntervalSince1970 * 1000))
    return Registration(role: role, host: process.hostName, pid: Int(process.processIdentifier), since: now)
}

/// Ends on SIGTERM and SIGINT, and when one of the services ends, each service before those in front of it.
func run(_ services: [any Service], logger: Logger) async throws {
    let each = services.map { service in
        ServiceGroupConfiguration.ServiceConfiguration(
            service: service,
            successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup
        )
    }
    try await ServiceGroup(configuration: .init(services: each, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)).run()
}
