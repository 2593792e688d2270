import Logging
import ServiceLifecycle
import Stepstream
import StepstreamStore
import StepstreamTesting
import StepstreamWorker
import Testing

// What the article "Testing operations" shows, held to it by `ArticleTests`; these are tests themselves.

@Suite("Articles: one handler")
struct ChargeTests {
    @Test("A busy bank is asked again, not before the time it names")
    func busy() async throws {
        let bank = Bank()
        bank.refuse(.busy(seconds: 7))
        var handlers = HandlerRegistry()
        telling(&handlers, bank: bank)
        let context = StepContext(
            operation: try #require(OperationID("order-1")),
            type: "order",
            work: Work(.forward, "charge"),
            handler: .swift("charge"),
            attempt: 1,
            epoch: Epoch(1),
            timeout: 5_000,
            input: JSONText(trusted: #"{"item":"lamp","amount":20}"#)
        )
        let handler = try #require(handlers.handler(for: .swift("charge")))
        guard case .failed(let problem, .byPolicy(after: 7_000)) = try await handler.run(context) else {
            Issue.record("It is not to be repeated in 7 s")
            return
        }
        #expect(problem.type == "https://shop.example/bank-busy")
    }
}

@Suite("Articles: a whole operation", .redis, .timeLimit(.minutes(1)))
struct OrderTests {
    @Test("No money: what was reserved is released, and the operation says why it failed")
    func noMoney() async throws {
        let bank = Bank()
        let warehouse = Warehouse()
        bank.refuse(.noMoney)
        let order = try await ended(bank, warehouse, input: #"{"item":"lamp","amount":20}"#)
        #expect(order.status == .failed)
        #expect(order.steps["charge"]?.attempts == 1)
        #expect(order.undos["reserve"]?.status == .succeeded)
        #expect(warehouse.reserved.isEmpty && bank.receipts.isEmpty)
    }

    @Test("A bank that is busy for a moment: charged once, and shipped")
    func busy() async throws {
        let bank = Bank()
        let warehouse = Warehouse()
        bank.refuse(.busy(seconds: 0))
        let order = try await ended(bank, warehouse, input: #"{"item":"lamp","amount":20}"#)
        #expect(order.status == .succeeded)
        #expect(order.steps["charge"]?.attempts == 2)
        #expect(bank.receipts.count == 1 && warehouse.reserved == ["lamp"])
    }

    /// Runs one order on a real Redis to its end.
    private func ended(_ bank: Bank, _ warehouse: Warehouse, input: String) async throws -> Stepstream.Operation {
        var handlers = simpleHandlers(bank: bank, warehouse: warehouse)
        telling(&handlers, bank: bank)
        probing(&handlers, bank: bank)
        handlers.register("ship", handler: Ship(carrier: Carrier()))
        let catalog = try orderCatalog(declaredOrder())
        let fixture = try #require(RedisFixture.current)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var keeping = RedisStore.Configuration()
        keeping.namespace = fixture.namespace
        let store = try RedisStore(url: fixture.url, configuration: keeping, logger: logger)
        let worker = Worker(WorkerConfiguration(queues: ["default", "payments"]), store: store, handlers: handlers, logger: logger)
        let services = ServiceGroup(services: [store, worker], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let bench = OperationBench(store, catalog: catalog)
            let order = try await bench.end(of: bench.submit("order", input: JSONText(trusted: input)))
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return order
        }
    }
}
