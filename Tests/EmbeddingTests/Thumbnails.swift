import Logging
import ServiceLifecycle
import Stepstream
import StepstreamServer
import StepstreamStore
import StepstreamWorker
import UnixSignals

struct Picture: Codable, Sendable, Equatable {
    var name: String
    var width: Int?
}

func resize(_ picture: Picture, key: String) async throws -> Picture {
    Picture(name: picture.name, width: 80)
}

/// What the README shows under "In Swift", held to it by a test.
func serveThumbnails(logger: Logger) async throws {
    // README begins
    let store = try RedisStore(url: "redis://127.0.0.1:6379", logger: logger)
    let catalog = try DefinitionCatalog([Definition(type: "thumbnail", steps: [Step(name: "resize", handler: .swift("resize"))])])
    var handlers = HandlerRegistry()
    handlers.register("resize", input: Picture.self) { picture, context in
        // May run more than once: be idempotent under context.idempotencyKey, and hand context.epoch downstream as a fence.
        try await resize(picture, key: context.idempotencyKey)
    }
    let server = APIServer(configuration: ServerConfiguration(), store: store, catalog: catalog, handlers: handlers, logger: logger)
    let worker = Worker(WorkerConfiguration(), store: store, handlers: handlers, logger: logger)
    try await ServiceGroup(services: [store, worker, server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    // README ends
}
