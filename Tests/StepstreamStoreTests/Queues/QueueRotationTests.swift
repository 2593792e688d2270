import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("The turns of many queues", .redis)
struct QueueRotationTests {
    private static let queues: [Name] = (0..<20).compactMap { Name("queue-\($0)") }
    /// One for each queue.
    private static let definitions = queues.map { queue in
        Definition(type: queue, steps: [Step(name: "work", queue: queue, handler: .swift("work"))])
    }

    @Test("queues take turns, some at a time; those that have more come again, until it is time to look at all")
    func turns() {
        var rotation = QueueRotation()
        #expect(rotation.next(of: Self.queues, at: .zero) == nil)
        rotation.begin(Self.queues, at: .zero)
        var turns: [[Name]] = []
        while let turn = rotation.next(of: Self.queues, at: .zero) {
            turns.append(turn)
            rotation.bring(turn.filter { $0 == Self.queues[0] })
        }
        #expect(turns.map(\.count) == [8, 8, 5, 1, 1, 1, 1, 1])
        #expect(Array(turns.joined().prefix(20)) == Self.queues)
        #expect(turns.joined().dropFirst(20).allSatisfy { $0 == Self.queues[0] })
    }

    @Test("no queue waits longer than a second for a look, however slowly turns are taken")
    func patience() {
        var rotation = QueueRotation()
        rotation.begin(Self.queues, at: .seconds(5))
        #expect(rotation.next(of: Self.queues, at: .milliseconds(5999)) != nil)
        #expect(rotation.next(of: Self.queues, at: .seconds(6)) == nil)
    }

    @Test("a queue that is not open is left out, and a turn of none is passed over")
    func paused() {
        var rotation = QueueRotation()
        rotation.begin(Self.queues, at: .zero)
        let open = Array(Self.queues.dropFirst(QueueRotation.width + 1))
        #expect(rotation.next(of: open, at: .zero)?.first == open.first)
        rotation.begin(Self.queues, at: .zero)
        #expect(rotation.next(of: [], at: .zero) == nil)
    }

    @Test("every message of many queues is handed out once; one with a long backlog lets the others pass, newcomers too")
    func fairness() async throws {
        try await TestStore.run { test in
            let source = test.store.messageSource(queues: Self.queues, consumer: "a")
            // The last queue has nothing yet.
            for (number, definition) in Self.definitions.dropLast().enumerated() {
                for _ in 0..<(number == 0 ? 1000 : 10) { _ = try await test.submit(definition) }
            }
            var handedOut: [DeliveredMessage] = []
            func take(until isEnough: () -> Bool) async throws {
                while !isEnough() {
                    let messages = try await source.reader.next(limit: 64)
                    #expect(messages.count <= 64)
                    handedOut += messages
                }
            }
            func count(of queue: Name) -> Int { handedOut.count { $0.message.queue == queue } }
            try await take { Self.queues.dropFirst().dropLast().allSatisfy { count(of: $0) == 10 } }
            #expect(count(of: Self.queues[0]) < 400)
            _ = try await test.submit(Self.definitions[19])
            try await take { count(of: Self.queues[19]) == 1 }
            #expect(count(of: Self.queues[0]) < 1000)
            try await take { handedOut.count == 1181 }
            #expect(Set(handedOut.map(\.message.operation)).count == 1181)
            await source.control.close()
            #expect(source.reader.rest().isEmpty)
        }
    }

    @Test("a queue that is paused in the middle of its turns brings nothing more, and one whose group is lost is read again")
    func disturbed() async throws {
        try await TestStore.run { test in
            let source = test.store.messageSource(queues: Self.queues, consumer: "a")
            for definition in Self.definitions.prefix(2) { for _ in 0..<200 { _ = try await test.submit(definition) } }
            _ = try await source.reader.next(limit: 64)
            await source.control.pause([Self.queues[0]])
            var taken = 0
            while taken < 100 {
                let messages = try await source.reader.next(limit: 16)
                taken += messages.count { $0.message.queue == Self.queues[1] }
            }
            let before = taken
            _ = try await test.client.send(RedisCommand("XGROUP", "DESTROY", test.namespace + ":{0}:queue:queue-1", "workers"))
            // Told once; then the group is made again, at the beginning.
            await #expect(throws: StoreError.self) { while true { _ = try await source.reader.next(limit: 16) } }
            while taken < before + 100 { taken += try await source.reader.next(limit: 16).count { $0.message.queue == Self.queues[1] } }
            await source.control.close()
        }
    }
}
