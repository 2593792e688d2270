import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Pausing queues on a real Redis", .redis, .timeLimit(.minutes(1)))
struct PauseTests {
    private static func definition(_ queue: Name) -> Definition {
        Definition(type: "t", steps: [Step(name: "a", queue: queue, handler: .swift("a"))])
    }

    @Test("Nothing is taken from a paused queue, a read that waits is freed, and what waited is taken when it is resumed")
    func source() async throws {
        try await TestStore.run { test in
            let source = test.store.messageSource(queues: ["one", "two"], consumer: "c")
            async let waiting = source.reader.next(limit: 10)
            while try await test.client.send(RedisCommand("CLIENT", "LIST")).string?.contains("cmd=xreadgroup") != true {}
            await source.control.pause(["one"])
            #expect(try await waiting.isEmpty)
            _ = try await test.submit(Self.definition("one"))
            let second = try await test.submit(Self.definition("two"))
            #expect(try await source.reader.next(limit: 10).map(\.message.operation) == [second.id])
            await source.control.pause(["one", "two"])
            async let nothing = source.reader.next(limit: 10)
            await source.control.pause([])
            var taken = try await nothing
            while taken.isEmpty { taken = try await source.reader.next(limit: 10) }
            #expect(taken.map(\.message.queue) == ["one"])
            await source.control.close()
        }
    }

    @Test("Which queues are paused is known to all, told to workers, and shown in the state of health")
    func store() async throws {
        try await TestStore.run { test in
            _ = try await test.submit(Self.definition("one"))
            var notices = test.store.workerNotices().makeAsyncIterator()
            #expect(await notices.next() == .resynchronize)
            #expect(try await test.store.pause("one"))
            #expect(await notices.next() == .pausesChanged)
            #expect(try await !test.store.pause("one"))
            #expect(try await test.store.pausedQueues() == ["one"])
            #expect(await test.store.health().queues.first { $0.queue == "one" }?.isPaused == true)
            // A reader that is made now heeds it from its first read on.
            let source = test.store.messageSource(queues: ["one", "two"], consumer: "c")
            let second = try await test.submit(Self.definition("two"))
            #expect(try await source.reader.next(limit: 10).map(\.message.operation) == [second.id])
            await source.control.close()
            #expect(try await test.store.resume("one"))
            #expect(try await test.store.pausedQueues().isEmpty)
        }
    }

    @Test("What is in a queue: who holds what, and what waits")
    func contents() async throws {
        try await TestStore.run { test in
            #expect(try await test.store.contents(of: "one", limit: 10) == QueueContents())
            var ids: [OperationID] = []
            for _ in 0..<3 { ids.append(try await test.submit(Self.definition("one")).id) }
            let source = test.store.messageSource(queues: ["one"], consumer: "c")
            _ = try await source.reader.next(limit: 1)
            await source.control.close()
            let contents = try await test.store.contents(of: "one", limit: 10)
            #expect(contents.held.map(\.message.operation) == [ids[0]])
            #expect(contents.held.map(\.consumer) == ["c"])
            #expect(contents.held.map(\.deliveries) == [1])
            #expect(contents.waiting.map(\.message.operation) == [ids[1], ids[2]])
            #expect(try await test.store.contents(of: "one", limit: 1).waiting.count == 1)
            let consumers = await test.store.health().queues.first { $0.queue == "one" }?.consumers
            #expect(consumers?.map(\.name) == ["c"])
            #expect(consumers?.map(\.holds) == [1])
        }
    }
}
