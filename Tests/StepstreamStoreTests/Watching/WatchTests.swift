import RedisClient
import Stepstream
import StepstreamTesting
import Synchronization
import Testing

@testable import StepstreamStore

@Suite("Watching", .redis)
struct WatchTests {
    @Test("a watch begins with `resynchronize`, then tells every event in order, to each of several watchers")
    func order() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("a", "b", "c")
            let accepted = try await test.submit(definition)
            let watchers = (0..<3).map { _ in test.store.notices(of: accepted.id) }
            let signals = NamedSignals()
            let told = Task {
                try await withThrowingTaskGroup(of: [Int].self) { group in
                    for watcher in watchers { group.addTask { await Self.sequences(watcher, signals) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            try await signals.wait(for: "stands", count: 3)
            for _ in 0..<3 {
                let (lease, begun) = try await test.begin(definition)
                _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            }
            let total = try await test.current(accepted.id).version
            for sequences in try await told.value { #expect(sequences == Array(2...total)) }
        }
    }

    @Test("a message is decoded once, however many watch its channel")
    func decodedOnce() async throws {
        try await TestStore.run { test in
            let channel = "\(test.namespace):counted"
            var watchers = (0..<100).map { _ in test.store.hub.watch([channel], for: Number.self).makeAsyncIterator() }
            for index in watchers.indices { #expect(await watchers[index].next() == .resynchronize) }
            let before = Number.decoded.load(ordering: .relaxed)
            _ = try await test.client.send(RedisCommand("PUBLISH", channel, "7"))
            for index in watchers.indices { #expect(await watchers[index].next() == Number(value: 7)) }
            #expect(Number.decoded.load(ordering: .relaxed) - before == 1)
        }
    }

    private static func sequences(_ notices: ChangeNotices, _ signals: NamedSignals) async -> [Int] {
        var sequences: [Int] = []
        var isFirst = true
        for await notice in notices {
            switch notice {
            case .resynchronize:
                if isFirst { signals.emit("stands") }
            case .events(let events):
                #expect(!isFirst, "an event came before the watch was said to stand")
                sequences += events.map(\.sequence)
                if events.last?.kind == .succeeded { return sequences }
            }
            isFirst = false
        }
        return sequences
    }

    @Test("watchers that come while the last one leaves are never left without a subscription")
    func comingAndLeaving() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            // Each is told that its watch stands, or this never ends.
            for _ in 0..<50 {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask { for await notice in test.store.notices(of: accepted.id) where notice == .resynchronize { return } }
                    }
                }
            }
            var last = test.store.notices(of: accepted.id).makeAsyncIterator()
            #expect(await last.next() == .resynchronize)
            _ = try await test.begin(definition)
            var kinds: [Event.Kind] = []
            // One change, one message.
            if case .events(let events)? = await last.next() { kinds = events.map(\.kind) }
            #expect(kinds == [.started, .stepStarted])
            let reply = try await test.client.send(RedisCommand("PUBSUB", "NUMSUB", "\(test.namespace):{0}:events:\(accepted.id)"))
            #expect(reply[1].integer == 1)
        }
    }

    @Test("a channel without watchers is left")
    func left() async throws {
        try await TestStore.run { test in
            let id = OperationID.random()
            for await notice in test.store.notices(of: id) where notice == .resynchronize { break }
            let command = RedisCommand("PUBSUB", "NUMSUB", "\(test.namespace):{0}:events:\(id)")
            while try await test.client.send(command)[1].integer != 0 {}
        }
    }

    @Test("a watch of a store that has been shut down ends at once")
    func afterShutdown() async throws {
        let store = try await TestStore.run { test in test.store }
        for await _ in store.notices(of: .random()) { Issue.record("nothing is left to be told") }
    }

    @Test("a watcher that falls behind is told in the place of the first notice it misses")
    func lagging() async throws {
        let (watcher, stream) = Watcher<Number>.make(room: 8)
        var draw = SystemRandomNumberGenerator()
        var iterator = stream.makeAsyncIterator()
        var published = 0
        var seen = 0
        // A reader that reads the state at each -1 and otherwise goes on from the last number.
        for _ in 0..<2000 {
            for _ in 0..<Int.random(in: 0...20, using: &draw) {
                published += 1
                watcher.notify(Number(value: published))
            }
            guard published > 0 else { continue }
            for _ in 0..<Int.random(in: 0...12, using: &draw) where seen < published {
                let notice = try #require(await iterator.next()).value
                if notice == -1 {
                    seen = published
                } else if notice > seen {
                    #expect(notice == seen + 1, "a notice was lost without a word")
                    seen = notice
                }
            }
        }
    }
}

/// A notice that holds a number.
private struct Number: PublishedNotice, Equatable {
    /// How many messages have been decoded.
    static let decoded = Atomic(0)
    static let resynchronize = Number(value: -1)

    let value: Int

    init(value: Int) { self.value = value }

    init(message: String) {
        Self.decoded.wrappingAdd(1, ordering: .relaxed)
        value = Int(message) ?? 0
    }
}
