import Logging
import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

/// A store on the test's own namespace of a real Redis, running while `body` does.
struct TestStore {
    let store: RedisStore
    let client: RedisClient
    let namespace: String

    /// A store on a server that the test may stop, configure or flush.
    static func runAlone<Result: Sendable>(
        arguments: [String] = [],
        _ body: @escaping @Sendable (TestStore, RedisServer) async throws -> Result
    ) async throws -> Result {
        let server = try await RedisServer.start(arguments: arguments)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await run(at: (server.url, "alone")) { try await body($0, server) })
        } catch {
            result = .failure(error)
        }
        await server.stop()
        return try result.get()
    }

    static func run<Result: Sendable>(
        at place: (url: String, namespace: String)? = nil,
        configure: (inout RedisStore.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestStore) async throws -> Result
    ) async throws -> Result {
        let place = try place ?? #require(RedisFixture.current.map { ($0.url, $0.namespace) })
        let logger = Logger.quiet
        let client = RedisClient(try RedisConfiguration(url: place.url), logger: logger)
        var configuration = RedisStore.Configuration()
        configuration.namespace = place.namespace
        configure(&configuration)
        let test = TestStore(store: RedisStore(configuration, client: client, logger: logger), client: client, namespace: place.namespace)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await test.client.run() }
            group.addTask { try await test.store.run() }
            let result = try await body(test)
            group.cancelAll()
            return result
        }
    }

    /// Accepts an operation of `definition` as the API does.
    func submit(_ definition: Definition, id: OperationID = .random(), input: String = "{}", inline: Bool = false) async throws -> Operation
    {
        let answer = try await store.submit(submission(definition, id: id, input: input, inline: inline))
        guard case .accepted(let operation) = answer else { throw Unexpected(what: "\(answer)") }
        return operation
    }

    func submission(_ definition: Definition, id: OperationID, input: String = "{}", inline: Bool = false) -> Submission {
        let decisions = Decisions(definition, version: definition.version)
        return Submission(
            id: id,
            definition: definition,
            version: definition.version,
            input: JSONText(trusted: input),
            fingerprint: "f",
            transition: decisions.submit(id, inline: inline, recovery: 60_000)
        )
    }

    /// The next messages of a queue, claimed.
    func claim(_ limit: Int = 1, queue: Name = Step.defaultQueue, consumer: String = "a") async throws -> [DeliveredMessage] {
        let source = store.messageSource(queues: [queue], consumer: consumer)
        let messages = try await source.reader.next(limit: limit)
        await source.control.close()
        return messages
    }

    func options(_ definition: Definition, consumer: String = "a", lease: Milliseconds = 60_000) -> BeginOptions {
        BeginOptions(consumer: consumer, lease: lease, definitions: [definition.version: definition])
    }

    func current(_ id: OperationID, withEvents: Bool = false) async throws -> Operation {
        try #require(try await store.read(id, withEvents: withEvents))
    }

    /// Claims and begins the next message of a queue.
    func begin(
        _ definition: Definition,
        queue: Name = Step.defaultQueue,
        consumer: String = "a",
        lease: Milliseconds = 60_000
    ) async throws -> (Lease, Operation) {
        let messages = try await claim(queue: queue, consumer: consumer)
        let answers = try await store.begin(messages, with: options(definition, consumer: consumer, lease: lease))
        guard case .begun(let lease, let operation)? = answers.first else { throw Unexpected(what: "\(answers)") }
        return (lease, operation)
    }

    /// An operation whose only step is held.
    func hold() async throws -> Operation {
        let accepted = try await submit(.held)
        let (lease, begun) = try await begin(.held, queue: "held")
        _ = try await settle(.held, lease, begun, .unknown(Problem(type: "/problems/step-timeout", title: "No answer")))
        return try await current(accepted.id)
    }

    func settle(_ definition: Definition, _ lease: Lease, _ operation: Operation, _ outcome: Outcome) async throws -> CommitAnswer {
        let decisions = Decisions(definition, version: definition.version)
        let transition = decisions.settle(lease.message.work, of: operation, outcome: outcome, in: SettleContext(random: 0))
        return try await store.commit(lease, of: operation, applying: transition)
    }
}

extension OperationID {
    static func random() -> OperationID {
        var generator = SystemRandomNumberGenerator()
        return .timeOrdered(milliseconds: 0, using: &generator)
    }
}

extension Definition {
    /// A step that is held when nobody knows what it did, in an operation of an hour at most.
    static let held = Definition(
        type: "held",
        deadline: 3_600_000,
        steps: [Step(name: "pay", queue: "held", handler: .swift("pay"), onUnknown: .hold)]
    )

    static func chain(_ names: Name..., undo: Bool = false) -> Definition {
        Definition(
            type: "chain",
            steps: names.map { name in
                Step(name: name, handler: .swift(name), undo: undo ? .handler(.init(handler: .swift("undo"))) : .none)
            }
        )
    }
}
