import RedisClient
import Stepstream
import StepstreamTesting
import StepstreamWorker
import Testing

@Suite("While Redis refuses", .timeLimit(.minutes(1)))
struct RefusingTests {
    private let signals = NamedSignals()

    @Test(
        "no attempt is spent, submissions are refused at once, what may end ends, and all goes on by itself",
        arguments: RefusingState.allCases
    )
    func refusing(state: RefusingState) async throws {
        let server = try await RedisServer.start()
        let clients = try (0..<2).map { _ in RedisClient(try RedisConfiguration(url: server.url), logger: .quiet) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { try await client.run() } }
            for client in clients { try await client.waitUntilConnected() }
            try await Bench.with(url: server.url) { bench in
                try await goThrough(state, bench, server, clients, in: &group)
            }
            group.cancelAll()
        }
        await server.stop()
    }

    private func goThrough(
        _ state: RefusingState,
        _ bench: Bench,
        _ server: RedisServer,
        _ clients: [RedisClient],
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws {
        let handler: @Sendable (StepContext) async throws -> Outcome = { [signals] _ in
            signals.emit("began")
            try await signals.wait(for: "go on")
            return .succeeded(.null)
        }
        let configuration = WorkerConfiguration.test("a:0", lease: 20_000, concurrency: 1)
        let worker = Worker(configuration, store: bench.store, handlers: .acting(["a": handler]), logger: .quiet)
        try await withWorkers([worker]) { _ in
            let definition = Definition.steps(["a"])
            var ids = [try await bench.submit(definition).id]
            try await signals.wait(for: "began")
            // The only slot is taken: it waits.
            ids.append(try await bench.submit(definition).id)

            try await state.begin(clients[0], clients[1], server, in: &group)
            if let id = try await submission(in: state, bench) { ids.append(id) }
            signals.emit("go on")
            if state.letsWorkEnd { for id in ids { try await bench.ended(id) } }
            try await state.end(clients[0], server)

            ids.append(try await bench.submitInsistently(definition, input: .emptyObject))
            for id in ids {
                let operation = try await bench.endedInsistently(id)
                #expect(operation.status == .succeeded)
                #expect(operation.steps["a"]?.attempts == 1)
                #expect(operation.steps["a"]?.crashes == 0)
            }
        }
    }

    private func submission(in state: RefusingState, _ bench: Bench) async throws -> OperationID? {
        let started = ContinuousClock.now
        do {
            let id = try await bench.submit(.steps(["a"])).id
            #expect(state.refusal == nil)
            return id
        } catch let error as StoreError {
            // A call may still find the connection that has just been cut; then nobody knows.
            let isCut = state == .tooManyClients && error.code == .indeterminate
            #expect(isCut || error.code.description == state.refusal?.rawValue)
            // Without any connection it waits for one, as long as a command may take.
            if state != .tooManyClients { #expect(started.duration(to: .now) < .seconds(1)) }
            return nil
        }
    }

    @Test("A worker that is started on a full Redis works off what is there, and what is accepted again after")
    func newWorkerOnFullRedis() async throws {
        let server = try await RedisServer.start()
        let client = RedisClient(try RedisConfiguration(url: server.url), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await Bench.with(url: server.url) { bench in
                let definition = Definition.steps(["a"])
                let ids = [try await bench.submit(definition).id, try await bench.submit(definition).id]
                _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
                let log = RecordingLog()
                let handler: @Sendable (StepContext) async throws -> Outcome = { _ in .succeeded(.null) }
                let worker = Worker(.test("a:0"), store: bench.store, handlers: .acting(["a": handler]), logger: log.logger)
                try await withWorkers([worker]) { _ in
                    for id in ids { #expect(try await bench.ended(id).status == .succeeded) }
                    _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
                    let last = try await bench.submitInsistently(definition, input: .emptyObject)
                    #expect(try await bench.endedInsistently(last).status == .succeeded)
                }
            }
            group.cancelAll()
        }
        await server.stop()
    }
}
