import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("The turns of many queues", .redis)
struct QueueRotationTests {
    private static let queues: [Name] = (0..<20).compactMap { Name("queue-\($0)") }

    @Test("queues take turns, some at a time; those that still have messages come again, until it is time to look at all")
    func turns() {
        var rotation = QueueRotation()
        #expect(rotation.next(of: Self.queues) == nil)
        rotation.begin(Self.queues)
        var read: [Name] = []
        var turns = 0
        while let turn = rotation.next(of: Self.queues) {
            #expect(turn.count <= QueueRotation.width)
            read += turn
            turns += 1
            rotation.bring(turn.filter { $0 == Self.queues[0] })
        }
        #expect(Array(read.prefix(20)) == Self.queues)
        #expect(read.dropFirst(20).allSatisfy { $0 == Self.queues[0] })
        #expect((3...8).contains(turns))
    }

    @Test("a queue that is not open is left out, and a turn of none is passed over")
    func paused() {
        var rotation = QueueRotation()
        rotation.begin(Self.queues)
        let open = Array(Self.queues.dropFirst(QueueRotation.width + 1))
        #expect(rotation.next(of: open)?.first == open.first)
        rotation.begin(Self.queues)
        #expect(rotation.next(of: []) == nil)
    }

    @Test("every message of many queues is handed out once, none before the others have had theirs, and what comes later too")
    func fairness() async throws {
        try await TestStore.run { test in
            let source = test.store.messageSource(queues: Self.queues, consumer: "a")
            let definitions = Self.queues.map { queue in
                Definition(type: queue, steps: [Step(name: "work", queue: queue, handler: .swift("work"))])
            }
            for definition in definitions { for _ in 0..<40 { _ = try await test.submit(definition) } }
            var handedOut: [DeliveredMessage] = []
            var firsts: [Name] = []
            func take(_ count: Int) async throws {
                while handedOut.count < count {
                    let messages = try await source.next(limit: 64)
                    #expect(messages.count <= 64)
                    for message in messages where !firsts.contains(message.message.queue) { firsts.append(message.message.queue) }
                    handedOut += messages
                    // One look at all, which may bring 80, and three turns.
                    if handedOut.count > 80 + 3 * 64 { #expect(firsts.count == Self.queues.count) }
                }
            }
            try await take(600)
            for definition in definitions.prefix(3) { _ = try await test.submit(definition) }
            try await take(803)
            #expect(Set(handedOut.map(\.message.operation)).count == 803)
            await source.close()
            #expect(source.rest().isEmpty)
        }
    }
}
