import Logging
import ServiceLifecycle
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("OperationBench", .redis, .timeLimit(.minutes(1)))
struct OperationBenchTests {
    @Test("refuses what the API refuses, and takes an ID once")
    func refusals() async throws {
        let fixture = try #require(RedisFixture.current)
        let logger = Logger.quiet
        var keeping = RedisStore.Configuration()
        keeping.namespace = fixture.namespace
        let store = try RedisStore(url: fixture.url, configuration: keeping, logger: logger)
        let bench = OperationBench(store, catalog: try orderCatalog(declaredOrder()))
        let id = try #require(OperationID("order-1"))
        let order = JSONText(trusted: #"{"item":"lamp","amount":20}"#)
        let services = ServiceGroup(services: [store], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            await #expect(throws: OperationBench.Refusal.unknownType("other")) { try await bench.submit("other") }
            await #expect(throws: OperationBench.Refusal.self) { try await bench.submit("order", input: JSONText(trusted: "{")) }
            await #expect(throws: OperationBench.Refusal.self) { try await bench.submit("order", input: .emptyObject) }
            await #expect(throws: OperationBench.Refusal.unknownOperation(id)) { try await bench.end(of: id) }
            for _ in 0..<2 { #expect(try await bench.submit("order", input: order, as: id) == id) }
            await #expect(throws: OperationBench.Refusal.takenID(id)) {
                try await bench.submit("order", input: JSONText(trusted: #"{"item":"chair","amount":20}"#), as: id)
            }
            let queued = try await bench.operation(id) { $0.phase == .queued }
            #expect(queued.steps["reserve"]?.status == .queued)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}
