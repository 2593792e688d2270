import Glibc
import RedisClient
import Rigging
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("What an acceptance survives, on real Redis servers", .timeLimit(.minutes(1)))
struct DurabilityTests {
    private static let levels: [(arguments: [String], level: Durability.Level)] = [
        (["--appendonly", "no"], .memory), (["--appendfsync", "everysec"], .aof), (["--appendfsync", "always"], .fsync),
    ]

    @Test("is what Redis is set to, and below what is required nothing is accepted", arguments: 0..<3)
    func levels(number: Int) async throws {
        let (arguments, level) = Self.levels[number]
        try await TestStore.runAlone(arguments: arguments) { test, _ in
            #expect(try await test.store.durability() == Durability(level))
            for wanted in Durability.Level.allCases {
                var submission = test.submission(.chain("work"), id: .random())
                submission.durability = Durability(wanted)
                if wanted <= level {
                    guard case .accepted = try await test.store.submit(submission) else { throw Unexpected(what: "not accepted") }
                } else {
                    let error = await #expect(throws: StoreError.self) { _ = try await test.store.submit(submission) }
                    #expect(error?.code == .belowDurability)
                    #expect(error?.message.contains("Nothing was accepted") == true)
                    #expect(try await test.store.read(submission.id, withEvents: false) == nil)
                }
            }
        }
    }

    @Test("is required of every submission where it is configured, and said in the state of health")
    func configured() async throws {
        let server = try await RedisServer.start(arguments: ["--appendonly", "no"])
        try await TestStore.run(at: (server.url, "alone"), configure: { $0.durability = Durability(.aof) }) { test in
            let error = await #expect(throws: StoreError.self) { _ = try await test.submit(.chain("work")) }
            #expect(error?.code == .belowDurability)
            let finding = try #require(await test.store.health().findings.first { $0.subject == .durability })
            #expect(finding.severity == .failure)
            #expect(finding.words.contains("appendonly yes"))
            // Seen with the next connection, or at once by whoever asks for the state of health.
            _ = try await test.client.send(RedisCommand("CONFIG", "SET", "appendonly", "yes"))
            #expect(await test.store.health().findings.first { $0.subject == .durability }?.severity == .ok)
            _ = try await test.submit(.chain("work"))
        }
        await server.stop()
    }

    @Test("is read again with every connection")
    func reconnected() async throws {
        try await TestStore.runAlone(arguments: ["--appendfsync", "always"]) { test, server in
            #expect(try await test.store.durability().level == .fsync)
            _ = try await test.client.send(RedisCommand("CONFIG", "SET", "appendfsync", "everysec"))
            let before = try #require(test.client.connection)
            _ = try await test.client.send(RedisCommand("CLIENT", "KILL", "SKIPME", "no", "TYPE", "normal"))
            try await test.client.waitUntil { state in
                if case .connected(let since) = state { since != before } else { false }
            }
            #expect(try await test.store.durability().level == .aof)
        }
    }

    @Test("with replicas: confirmed by so many, or it is not known whether it was accepted, within a second; the same ID again is harmless")
    func replicas() async throws {
        let port = try BoundPort.free()
        let replica = try await RedisServer.start(arguments: ["--replicaof", "127.0.0.1", "\(port)"])
        let tcp = ["--port", "\(port)", "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"]
        try await TestStore.runAlone(arguments: tcp) { test, _ in
            // Waits in Redis until the replica answers for the first time.
            while try await test.client.send(RedisCommand("WAIT", "1", "1000")).integer != 1 {}
            var submission = test.submission(.chain("work"), id: .random())
            submission.durability = Durability(replicas: 1)
            guard case .accepted = try await test.store.submit(submission) else { throw Unexpected(what: "not accepted") }
            let accepted = submission.id
            let copy = try await TestStore.run(at: (replica.url, "alone")) { try await $0.store.read(accepted, withEvents: false) }
            #expect(copy?.id == accepted)

            submission.id = .random()
            submission.durability = Durability(replicas: 2)
            let few = await #expect(throws: StoreError.self) { _ = try await test.store.submit(submission) }
            #expect(few?.code == .indeterminate)
            #expect(few?.message.contains("1 of 2") == true)

            replica.pause()
            submission.id = .random()
            submission.durability = Durability(replicas: 1)
            let started = ContinuousClock.now
            let none = await #expect(throws: StoreError.self) { _ = try await test.store.submit(submission) }
            #expect(none?.code == .indeterminate)
            #expect(started.duration(to: .now) < .seconds(1))
            replica.resume()
            // It does exist; now the replica has it too.
            while true {
                do {
                    guard case .exists(let operation) = try await test.store.submit(submission) else { throw Unexpected(what: "twice") }
                    #expect(operation.id == submission.id)
                    break
                } catch let error as StoreError {
                    #expect(error.code == .indeterminate)
                }
            }
            #expect(try await test.call("XLEN", "queue:default").integer == 3)
        }
        await replica.stop()
    }

    @Test("its names are read and written")
    func names() {
        for text in ["memory", "aof", "fsync", "replicated:1", "replicated:16"] { #expect(Durability(text)?.description == text) }
        #expect(Durability("replicated")?.replicas == 1)
        for text in ["", "Memory", "replicated:", "replicated:0", "replicated:17", "replicated:01", "replicated:1:2", "fsync:1"] {
            #expect(Durability(text) == nil, "\(text)")
        }
        #expect(Durability(.fsync).joined(with: Durability(replicas: 2)) == Durability(.fsync, replicas: 2))
    }
}

extension TestStore {
    func info(_ section: String) async throws -> String {
        try await client.send(RedisCommand("INFO", section)).string ?? ""
    }
}
