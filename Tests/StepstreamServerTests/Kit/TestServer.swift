import Logging
import RedisClient
import Stepstream
import StepstreamMetrics
import StepstreamServer
import StepstreamStore
import StepstreamTesting
import Testing

/// An API server on a free port over a store in a namespace of the test's own, and what tests do with it.
struct TestServer: Sendable {
    let port: Int
    let store: RedisStore
    /// The same as the server has it, with what happens counted.
    let observed: StoreRoles
    let handlers: ActingHandlers

    init(port: Int, store: RedisStore, observed: StoreRoles? = nil, handlers: ActingHandlers) {
        self.port = port
        self.store = store
        self.observed = observed ?? store.roles
        self.handlers = handlers
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` against a server that runs meanwhile.
    static func with(
        _ definitions: [Definition] = [.order, .mail, .quick],
        redis: String? = nil,
        namespace: String = RedisServer.freshNamespace(),
        tracer: (any OperationTracer)? = nil,
        configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        try await withStore(redis, namespace: namespace) { store in
            let handlers = ActingHandlers()
            var configuration = ServerConfiguration()
            configuration.port = 0
            configure(&configuration)
            let registry = PrometheusRegistry()
            let meters = Meters(factory: registry)
            let observed = store.roles.observed(by: OperationObserver(meters: meters, counts: nil, tracer: tracer) { 0 })
            let server = APIServer(
                configuration: configuration,
                store: observed,
                catalog: try DefinitionCatalog(definitions),
                handlers: handlers.registry,
                meters: meters,
                ownMetrics: { registry.text },
                logger: .quiet
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let port = try #require(await server.listeningPort())
                try await body(TestServer(port: port, store: store, observed: observed, handlers: handlers))
                group.cancelAll()
            }
        }
    }

    /// Runs `body` with a store in a fresh namespace: on the server at `url`, or on the shared one.
    static func withStore(
        _ url: String? = nil,
        namespace: String = RedisServer.freshNamespace(),
        _ body: (RedisStore) async throws -> Void
    ) async throws {
        let address = if let url { url } else { try await RedisServer.shared.url }
        let client = RedisClient(try RedisConfiguration(url: address), logger: .quiet)
        var configuration = RedisStore.Configuration()
        configuration.namespace = namespace
        let store = RedisStore(configuration, client: client, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            group.addTask { try await store.run() }
            try await body(store)
            group.cancelAll()
        }
    }

    // MARK: Working on what was accepted

    /// Claims the next message of `queue`, as a worker does, and ends its attempt with `outcome`.
    @discardableResult
    func work(on definition: Definition, queue: Name = Step.defaultQueue, _ outcome: Outcome) async throws -> OperationID {
        let source = store.messageSource(queues: [queue], consumer: "test")
        let messages = try await source.reader.next(limit: 1)
        await source.control.close()
        let options = BeginOptions(consumer: "test", lease: 60_000, definitions: [definition.version: definition])
        guard case .begun(let lease, let operation)? = try await observed.work.begin(messages, with: options).first else {
            throw Unexpected(what: "nothing was begun")
        }
        let decisions = Decisions(definition, version: definition.version)
        let transition = decisions.settle(lease.message.work, of: operation, outcome: outcome, in: SettleContext(random: 0))
        guard case .applied = try await observed.work.commit(lease, of: operation, applying: transition) else {
            throw Unexpected(what: "the commit was refused")
        }
        return operation.id
    }

    /// The stored operation once it meets `condition`.
    @discardableResult
    func stored(_ id: String, once condition: (Operation) -> Bool = { _ in true }) async throws -> Operation {
        let id = try #require(OperationID(id))
        for await _ in store.notices(of: id) {
            if let operation = try await store.read(id, withEvents: true), condition(operation) { return operation }
        }
        throw Unexpected(what: "the watch ended")
    }
}
