import RedisClient
import Stepstream
import StepstreamTesting
import StepstreamWorker
import Testing

@Suite("What was lost under a worker", .timeLimit(.minutes(1)))
struct KeepingTests {
    private let signals = NamedSignals()

    /// Runs `body` over a server of the test's own, with a connection to harm it by.
    private func alone(_ body: (Bench, RedisServer, RedisClient) async throws -> Void) async throws {
        let server = try await RedisServer.start()
        let client = RedisClient(try RedisConfiguration(url: server.url), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await Bench.with(url: server.url) { try await body($0, server, client) }
            group.cancelAll()
        }
        await server.stop()
    }

    private func worker(
        _ bench: Bench,
        log: RecordingLog,
        interval: Duration,
        _ handler: @escaping @Sendable (StepContext) async throws -> Outcome = { _ in .succeeded(.null) }
    ) -> Worker {
        var configuration = WorkerConfiguration.test("a:0", concurrency: 2)
        configuration.reconcileInterval = interval
        return Worker(configuration, store: bench.store, handlers: .acting(["a": handler]), logger: log.logger)
    }

    @Test("A deleted queue, noticed by its readers: what waited in it is published again at once, and all ends")
    func deletedQueue() async throws {
        try await alone { bench, _, client in
            let log = RecordingLog()
            // So rare that only the asking can have brought it.
            let worker = worker(bench, log: log, interval: .seconds(3600)) { [signals] _ in
                signals.emit("began")
                try await signals.wait(for: "go on")
                return .succeeded(.null)
            }
            try await withWorkers([worker]) { _ in
                let definition = Definition.steps(["a"])
                var ids: [OperationID] = []
                for _ in 0..<2 { ids.append(try await bench.submit(definition).id) }
                // Both slots are taken, so nobody reads.
                try await signals.wait(for: "began", count: 2)
                for _ in 0..<5 { ids.append(try await bench.submit(definition).id) }
                let key = try #require(try await client.send(RedisCommand("KEYS", "*:queue:default"))[0].string)
                _ = try await client.send(RedisCommand("DEL", key))
                signals.emit("go on")
                for id in ids { #expect(try await bench.ended(id).status == .succeeded) }
            }
        }
    }

    @Test("Work whose message was lost unseen is found in the next round, and the log says so")
    func lostUnseen() async throws {
        try await alone { bench, _, client in
            let id = try await bench.submit(.steps(["a"])).id
            let key = try #require(try await client.send(RedisCommand("KEYS", "*:queue:default"))[0].string)
            _ = try await client.send(RedisCommand("XTRIM", key, "MAXLEN", "0"))
            let log = RecordingLog()
            try await withWorkers([worker(bench, log: log, interval: .milliseconds(100))]) { _ in
                let operation = try await bench.ended(id)
                #expect(operation.steps["a"]?.attempts == 1)
            }
            #expect(log.lines.contains { $0.contains("lost their message") && $0.contains(id.text) })
        }
    }

    @Test("A worker on a fresh Redis has nothing to complain about")
    func freshRedis() async throws {
        try await alone { bench, _, _ in
            let log = RecordingLog()
            try await withWorkers([worker(bench, log: log, interval: .milliseconds(100))]) { _ in
                try await bench.ended(try await bench.submit(.steps(["a"])).id)
            }
            #expect(log.lines == [])
        }
    }
}
