import Logging
import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

/// Real servers and sentinels. One after the other: each has seven processes.
@Suite("A primary that is replaced by its sentinels", .serialized, .timeLimit(.minutes(5)))
struct SentinelTests {
    private func withSet(_ body: (SentinelSet) async throws -> Void) async throws {
        let set = try await SentinelSet.start()
        do {
            try await body(set)
        } catch {
            await set.stop()
            throw error
        }
        await set.stop()
    }

    @Test("Sentinels that are gone are passed over, and when none is left the state of health says so")
    func deadSentinels() async throws {
        try await withSet { set in
            await set.sentinels[0].kill9()
            try await TestStore.run(at: (set.url, "alone")) { test in
                _ = try await test.submit(.chain("work"))
                #expect(await test.store.health().findings.first?.severity == .ok)
            }
            for sentinel in set.sentinels.dropFirst() { await sentinel.kill9() }
            try await TestStore.run(at: (set.url, "alone")) { test in
                let words = try #require(await test.store.health().findings.first { $0.subject == .connection }?.words)
                #expect(words.contains("no sentinel knows where the Redis primary \"steps\" is: 3 of 3 did not answer"))
            }
        }
    }

    @Test("A name that the sentinels do not know is said at once")
    func unknownName() async throws {
        try await withSet { set in
            let url = set.url.replacing("/" + SentinelSet.name, with: "/other")
            try await TestStore.run(at: (url, "alone")) { test in
                let words = try #require(await test.store.health().findings.first { $0.subject == .connection }?.words)
                #expect(words.contains("none of the 3 sentinels knows a primary called \"other\""))
            }
        }
    }

    @Test("It is killed: submissions, blocking reads and subscriptions go on at the new one by themselves")
    func killed() async throws {
        try await withSet { set in
            try await TestStore.run(at: (set.url, "alone")) { test in
                let before = try await test.submit(.chain("work"))
                try await test.replicate()
                let subscriber = test.client.makeSubscriber()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await subscriber.run() }
                    try await subscriber.subscribe("news")
                    let reader = test.client.makeReader()
                    _ = await self.read(reader)
                    let old = set.servers[0]
                    async let blocked = readInsistently(reader)
                    await old.server.kill9()
                    _ = try await set.waitForPrimary(otherThan: old)
                    let after = try await test.submitInsistently()
                    #expect(try await test.lost([before.id, after]).isEmpty)
                    try await insistently { _ = try await test.client.send(RedisCommand("XADD", "entries", "*", "k", "v")) }
                    #expect(try await blocked == 1)
                    try await publish(until: subscriber, hears: "hello", over: test.client)
                    await reader.shutDown()
                    group.cancelAll()
                }
            }
        }
    }

    @Test("It stands still and goes on: at `replicated` nothing accepted is lost, and after the switch nothing is accepted by the old one")
    func stoodStill() async throws {
        try await withSet { set in
            let configure: (inout RedisStore.Configuration) -> Void = { $0.durability = Durability(.memory, replicas: 1) }
            try await TestStore.run(at: (set.url, "alone"), configure: configure) { test in
                let old = set.servers[0]
                var accepted: [OperationID] = []
                for _ in 0..<50 { accepted.append(try await test.submitInsistently()) }
                old.server.pause()
                let writing = Task {
                    var accepted: [OperationID] = []
                    while !Task.isCancelled { accepted.append(try await test.submitInsistently()) }
                    return accepted
                }
                _ = try await set.waitForPrimary(otherThan: old)
                old.server.resume()
                try await set.waitForReplica(old)
                for _ in 0..<50 { accepted.append(try await test.submitInsistently()) }
                writing.cancel()
                let written = try await writing.value
                #expect(!written.isEmpty)
                #expect(try await test.lost(accepted + written).isEmpty)
            }
        }
    }

    @Test("It stands still and goes on: without waiting for replicas, too, nothing is accepted by the old one after the switch")
    func zombie() async throws {
        try await withSet { set in
            try await TestStore.run(at: (set.url, "alone")) { test in
                _ = try await test.submitInsistently()
                let old = set.servers[0]
                let before = try #require(test.client.connection)
                old.server.pause()
                _ = try await set.waitForPrimary(otherThan: old)
                // Nothing is under way that could run into its time limit: only the sentinels can have told.
                try await test.reconnected(after: before)
                old.server.resume()
                // Until the sentinels have reached the old one it takes writes from whoever is still connected to it.
                var accepted: [OperationID] = []
                let demoted = Task { try await set.waitForReplica(old) }
                for _ in 0..<500 { accepted.append(try await test.submitInsistently()) }
                try await demoted.value
                #expect(try await test.lost(accepted).isEmpty)
            }
        }
    }

    @Test("A planned switch: the replica that it became is left at its first READONLY, or before")
    func planned() async throws {
        try await withSet { set in
            try await TestStore.run(at: (set.url, "alone")) { test in
                _ = try await test.submitInsistently()
                let direct = RedisClient(try RedisConfiguration(url: "redis://127.0.0.1:\(set.sentinels[1].port)"), logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await direct.run() }
                    _ = try await direct.send(RedisCommand("SENTINEL", "FAILOVER", SentinelSet.name))
                    group.cancelAll()
                }
                _ = try await set.waitForPrimary(otherThan: set.servers[0])
                try await set.waitForReplica(set.servers[0])
                let id = try await test.submitInsistently()
                #expect(try await test.lost([id]).isEmpty)
            }
        }
    }
}

extension SentinelTests {
    private func read(_ reader: RedisReader) async -> Int {
        do throws(RedisError) {
            return try await reader.read(RedisCommand("XREAD", "BLOCK", "1", "STREAMS", "entries", "0"), block: .milliseconds(1)).count
        } catch {
            return 0
        }
    }

    /// Blocks until there is an entry, on whatever server is the primary then.
    private func readInsistently(_ reader: RedisReader) async throws -> Int {
        while true {
            let command = RedisCommand("XREAD", "BLOCK", "1000", "STREAMS", "entries", "0")
            let reply = try await insistently { try await reader.read(command, block: .seconds(1)) }
            if reply.count > 0 { return reply.count }
        }
    }

    /// Publishes again and again until the subscriber hears it: it may come to the new primary later than the others.
    private func publish(until subscriber: RedisSubscriber, hears text: String, over client: RedisClient) async throws {
        let publishing = Task {
            while !Task.isCancelled {
                try await insistently { _ = try await client.send(RedisCommand("PUBLISH", "news", text)) }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        for await event in subscriber.events {
            if case .message(let message) = event, message.text == text { break }
        }
        publishing.cancel()
        _ = await publishing.result
    }
}
