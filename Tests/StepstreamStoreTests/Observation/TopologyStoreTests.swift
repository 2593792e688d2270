import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Registrations", .redis)
struct TopologyStoreTests {
    private func registration(_ pid: Int) -> Registration {
        var process = Registration(role: "work", host: "host", pid: pid, since: 1_767_323_045_678)
        process.consume(["default"], as: "host:\(pid)", having: DefinitionCatalog())
        return process
    }

    @Test("are seen until their time is over or they are taken back; renewing keeps one")
    func life() async throws {
        try await TestStore.run { test in
            let empty = try await test.store.topology()
            #expect(empty == ObservedTopology(places: empty.places))
            #expect(empty.places?.queues == [test.namespace + ":{0}:queue:"])
            try await test.store.register(registration(1), for: 60_000)
            try await test.store.register(registration(1), for: 60_000)
            try await test.store.register(registration(2), for: 60_000)
            let seen = try await test.store.topology().registrations
            #expect(Set(seen) == [registration(1), registration(2)])
            try await test.store.unregister("work-host-2")
            #expect(try await test.store.topology().registrations == [registration(1)])
            // Its time is over: the next registration takes its name away too.
            _ = try await test.client.send(RedisCommand("ZADD", test.namespace + ":{0}:processes", "1", "work-host-1"))
            _ = try await test.client.send(RedisCommand("DEL", test.namespace + ":{0}:process:work-host-1"))
            #expect(try await test.store.topology().registrations == [])
            try await test.store.register(registration(3), for: 60_000)
            let names = try await test.client.send(RedisCommand("ZRANGE", test.namespace + ":{0}:processes", "0", "-1")).compactMap(
                \.string
            )
            #expect(names == ["work-host-3"])
        }
    }

    @Test("are bounded in number")
    func bound() async throws {
        try await TestStore.run { test in
            for pid in 0..<RedisStore.mostProcesses { try await test.store.register(registration(pid), for: 60_000) }
            await #expect(throws: StoreError.self) { try await test.store.register(registration(-1), for: 60_000) }
            try await test.store.register(registration(5), for: 60_000)
            #expect(try await test.store.topology().registrations.count == RedisStore.mostProcesses)
        }
    }

    @Test("stand beside the queues, who holds what, and the definitions that were accepted")
    func observed() async throws {
        try await TestStore.run(configure: { $0.partitions = 2 }) { test in
            let definition = Definition.chain("work")
            for _ in 0..<8 { _ = try await test.submit(definition) }
            _ = try await test.begin(definition, consumer: "worker-a")
            let observed = try await test.store.topology()
            let queue = try #require(observed.queues.first)
            #expect(observed.queues.count == 1)
            #expect(queue.length == 8)
            #expect(queue.pending >= 1)
            #expect(queue.consumers.map(\.name) == ["worker-a"])
            #expect(observed.accepted == [.init(type: "chain", version: definition.version)])
        }
    }
}
