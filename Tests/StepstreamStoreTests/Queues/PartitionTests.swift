import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Several partitions on a real Redis", .redis)
struct PartitionTests {
    @Test("operations of three partitions run from submission to their end through one source of messages")
    func endToEnd() async throws {
        try await TestStore.run(configure: { $0.partitions = 3 }) { test in
            let chain = Definition.chain("first", "second")
            let definition = Definition(
                type: "chain",
                steps: [chain.steps[0], Step(name: "second", queue: "other", handler: .swift("second"))]
            )
            let source = test.store.messageSource(queues: ["default", "other"], consumer: "a")
            let ids = try await withThrowingTaskGroup(of: OperationID.self) { group in
                for _ in 0..<60 { group.addTask { try await test.submit(definition).id } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            var committed = 0
            while committed < 120 {
                let messages = try await source.reader.next(limit: 16)
                #expect(messages.count <= 16)
                for answer in try await test.store.begin(messages, with: test.options(definition)) {
                    guard case .begun(let lease, let begun) = answer else { throw Unexpected(what: "\(answer)") }
                    #expect(try await test.store.renew([lease], by: 60_000) == [.renewed])
                    _ = try await test.settle(definition, lease, begun, .succeeded(.null))
                    committed += 1
                }
            }
            await source.control.close()
            #expect(try await test.store.read(ids).allSatisfy { $0?.status == .succeeded })
            let health = await test.store.health()
            #expect(health.queues.map(\.queue) == ["default", "other"])
            #expect(health.queues.allSatisfy { $0.length == 0 && $0.pending == 0 })
            for number in 0..<3 {
                #expect(try await test.client.send(.init("ZCARD", "\(test.namespace):{\(number)}:ended")).integer ?? 0 > 0)
            }
        }
    }

    @Test("a message of one partition is handed out although nothing comes in the others")
    func oneBusyPartition() async throws {
        try await TestStore.run(configure: { $0.partitions = 3 }) { test in
            let definition = Definition.chain("work")
            let source = test.store.messageSource(queues: ["default"], consumer: "a")
            for _ in 0..<20 {
                let accepted = try await test.submit(definition)
                var messages: [DeliveredMessage] = []
                while messages.isEmpty { messages = try await source.reader.next(limit: 4) }
                #expect(messages.map(\.message.operation) == [accepted.id])
            }
            await source.control.close()
        }
    }

    @Test("a source whose reader is canceled hands out what it has claimed, and can be read again")
    func canceledRead() async throws {
        try await TestStore.run(configure: { $0.partitions = 3 }) { test in
            let definition = Definition.chain("work")
            let source = test.store.messageSource(queues: ["default"], consumer: "a")
            _ = try await test.submit(definition)
            var first: [DeliveredMessage] = []
            while first.isEmpty { first = try await source.reader.next(limit: 4) }
            let reading = Task { try await source.reader.next(limit: 4) }
            reading.cancel()
            #expect(try await reading.value.isEmpty)
            let accepted = try await test.submit(definition)
            var messages: [DeliveredMessage] = []
            while messages.isEmpty { messages = try await source.reader.next(limit: 4) }
            #expect(messages.map(\.message.operation) == [accepted.id])
            await source.control.close()
        }
    }
}
