import RedisClient
import Stepstream
import StepstreamTesting
import StepstreamWorker
import Testing

@Suite("Workers, when sentinels replace the primary", .serialized, .timeLimit(.minutes(5)))
struct FailoverTests {
    private let signals = NamedSignals()

    @Test("It is killed under a running step: that ends, what waited is claimed at the new one, and so is what comes after")
    func killed() async throws {
        let set = try await SentinelSet.start()
        try await Bench.with(url: set.url) { bench in
            let worker = Worker(
                .test("a:0", concurrency: 2),
                store: bench.store,
                handlers: .acting([
                    "a": { [signals] _ in
                        signals.emit("began")
                        try await signals.wait(for: "go on")
                        return .succeeded(.null)
                    }
                ]),
                logger: .quiet
            )
            try await withWorkers([worker]) { _ in
                let definition = Definition.steps(["a"], retry: RetryPolicy(attempts: 100, firstDelay: 10))
                var ids: [OperationID] = []
                for _ in 0..<6 { ids.append(try await bench.submit(definition).id) }
                try await signals.wait(for: "began", count: 2)
                try await replicate(set.url)
                await set.servers[0].server.kill9()
                signals.emit("go on")
                _ = try await set.waitForPrimary(otherThan: set.servers[0])
                ids.append(try await bench.submitInsistently(definition, input: .emptyObject))
                for id in ids { #expect(try await bench.endedInsistently(id).status == .succeeded) }
            }
        }
        await set.stop()
    }

    /// Waits until both replicas have all that was written so far.
    private func replicate(_ url: String) async throws {
        let client = RedisClient(try RedisConfiguration(url: url), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            let replies = try await client.send([RedisCommand("SET", "mark", "1"), RedisCommand("WAIT", "2", "4000")])
            #expect(replies[1].integer == 2)
            group.cancelAll()
        }
    }
}
