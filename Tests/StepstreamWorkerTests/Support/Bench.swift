import Logging
import RedisClient
import ServiceLifecycle
import Stepstream
import StepstreamStore
import StepstreamTesting
import StepstreamWorker
import Testing

/// A store on a namespace of its own, and what tests do with it.
struct Bench: Sendable {
    let store: RedisStore

    /// Runs `body` over a store of the test's own; on `url` if given, else on the shared server.
    static func with(
        url: String? = nil,
        namespace: String = RedisServer.freshNamespace(),
        _ body: (Bench) async throws -> Void
    ) async throws {
        let address = if let url { url } else { try await RedisServer.shared.url }
        let client = RedisClient(try RedisConfiguration(url: address), logger: .quiet)
        var configuration = RedisStore.Configuration()
        configuration.namespace = namespace
        let store = RedisStore(configuration, client: client, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            group.addTask { try await store.run() }
            try await body(Bench(store: store))
            group.cancelAll()
        }
    }

    /// Accepts an operation of `definition`.
    @discardableResult
    func submit(_ definition: Definition, input: JSONText = .emptyObject) async throws -> Operation {
        try await submit(definition, input: input) { decisions, id in decisions.submit(id, inline: false, recovery: 60_000) }
    }

    /// Accepts an operation that may begin `milliseconds` from now, by Redis's clock.
    func submit(_ definition: Definition, notBefore milliseconds: Milliseconds) async throws -> OperationID {
        let operation = try await submit(definition, input: .emptyObject) { decisions, id in
            var transition = decisions.submit(id, inline: false, recovery: 60_000, notBefore: 0)
            transition.timers = transition.timers.map { Timer($0.message, due: .after(milliseconds)) }
            return transition
        }
        return operation.id
    }

    private func submit(
        _ definition: Definition,
        input: JSONText,
        by start: (Decisions, OperationID) -> Transition
    ) async throws -> Operation {
        var generator = SystemRandomNumberGenerator()
        let id = OperationID.timeOrdered(milliseconds: 0, using: &generator)
        let decisions = Decisions(definition, version: definition.version)
        let submission = Submission(
            id: id,
            definition: definition,
            version: definition.version,
            input: input,
            fingerprint: "f",
            transition: start(decisions, id)
        )
        guard case .accepted(let operation) = try await store.submit(submission) else { throw Unexpected(what: "not accepted") }
        return operation
    }

    /// Claims and begins the one message that waits, as a worker named `consumer` would.
    func begin(_ definition: Definition, consumer: String = "a:0", lease: Milliseconds = 30_000) async throws -> (Lease, Operation) {
        let source = store.messageSource(queues: [Step.defaultQueue], consumer: consumer)
        let messages = try await source.reader.next(limit: 1)
        await source.control.close()
        let options = BeginOptions(consumer: consumer, lease: lease, definitions: [definition.version: definition])
        guard case .begun(let lease, let operation)? = try await store.begin(messages, with: options).first else {
            throw Unexpected(what: "not begun")
        }
        return (lease, operation)
    }

    /// The operation as soon as it meets `condition`.
    @discardableResult
    func operation(_ id: OperationID, once condition: (Operation) -> Bool) async throws -> Operation {
        for await _ in store.notices(of: id) {
            if let operation = try await store.read(id, withEvents: true), condition(operation) { return operation }
        }
        throw Unexpected(what: "the watch ended")
    }

    /// The operation once it has ended.
    @discardableResult
    func ended(_ id: OperationID) async throws -> Operation {
        try await operation(id) { $0.status.isEnded || $0.phase == .undoFailed }
    }

    /// Accepts an operation over a connection that may still be coming back.
    func submitInsistently(_ definition: Definition, input: JSONText) async throws -> OperationID {
        while true {
            do {
                return try await submit(definition, input: input).id
            } catch let error as StoreError where error.isTransient {
                await Task.yield()
            }
        }
    }

    /// The operation once it has ended, over a connection that may still be coming back.
    func endedInsistently(_ id: OperationID) async throws -> Operation {
        while true {
            do {
                return try await ended(id)
            } catch let error as StoreError where error.isTransient {
                await Task.yield()
            }
        }
    }

    /// Whether nothing waits in the default queue, and nothing is claimed.
    func isDrained() async -> Bool {
        await store.health().queues.allSatisfy { $0.length == 0 && $0.pending == 0 }
    }
}

/// Runs `workers` as services while `body` runs, then shuts them down gracefully and waits for their end.
func withWorkers(_ workers: [Worker], _ body: (ServiceGroup) async throws -> Void) async throws {
    var configuration = ServiceGroupConfiguration(services: workers, logger: .quiet)
    configuration.maximumGracefulShutdownDuration = .seconds(50)
    let services = ServiceGroup(configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await services.run() }
        try await body(services)
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
    }
}

extension WorkerConfiguration {
    /// Short leases, so that nothing waits long.
    static func test(_ consumer: String, lease: Milliseconds = 600, concurrency: Int = 16) -> WorkerConfiguration {
        var configuration = WorkerConfiguration(concurrency: concurrency, consumer: consumer, lease: lease)
        configuration.reclaimInterval = .milliseconds(100)
        configuration.graceTime = .seconds(20)
        configuration.snoozeDelay = 100
        return configuration
    }
}

/// A handler that does what a test says.
struct ActingHandler: StepHandler {
    let body: @Sendable (StepContext) async throws -> Outcome

    init(_ body: @escaping @Sendable (StepContext) async throws -> Outcome) { self.body = body }

    func run(_ context: StepContext) async throws -> Outcome { try await body(context) }
}

extension HandlerRegistry {
    /// Swift handlers by name.
    static func acting(_ handlers: [Name: @Sendable (StepContext) async throws -> Outcome]) -> HandlerRegistry {
        var registry = HandlerRegistry()
        for (name, body) in handlers { registry.register(name, handler: ActingHandler(body)) }
        return registry
    }
}

extension Definition {
    /// A definition of asynchronous steps, each run by the Swift handler of its name.
    static func steps(
        _ names: [Name],
        queue: Name = Step.defaultQueue,
        timeout: Milliseconds = 30_000,
        retry: RetryPolicy = RetryPolicy(attempts: 3, firstDelay: 10)
    ) -> Definition {
        Definition(type: "test", steps: names.map { Step(name: $0, queue: queue, handler: .swift($0), timeout: timeout, retry: retry) })
    }
}

/// Waits until its task is canceled.
func untilCanceled() async {
    let stream = AsyncStream<Void> { _ in }
    for await _ in stream {}
}
