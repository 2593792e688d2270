import NIOCore
import Synchronization
import Testing

@testable import RedisClient

/// What real sentinels and servers do not do on demand.
@Suite("Client with sentinels", .timeLimit(.minutes(1)))
struct FakeSentinelTests {
    /// The ports that a fake sentinel names, one after the other.
    private final class Knowledge: Sendable {
        let ports = Mutex<[Int]>([])

        /// The next answer; the last one stays.
        func next() -> Int {
            ports.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    private static func primary(_ name: String, set: String = "+OK\r\n", role: String = "master") async throws -> FakeRedis {
        try await FakeRedis(tcp: true) { words, _ in
            switch words[0] {
            case "ROLE": .bytes("*1\r\n$\(role.utf8.count)\r\n\(role)\r\n")
            case "GET": .bytes("$\(name.utf8.count)\r\n\(name)\r\n")
            case "SET": .bytes(set)
            case "CLIENT": .bytes(":7\r\n")
            default: nil
            }
        }
    }

    private static func sentinel(_ knowledge: Knowledge) async throws -> FakeRedis {
        try await FakeRedis { words, _ in
            switch words[0] {
            case "SENTINEL":
                let port = String(knowledge.next())
                return .bytes("*2\r\n$9\r\n127.0.0.1\r\n$\(port.utf8.count)\r\n\(port)\r\n")
            // Never confirmed, so that the watch asks nothing of its own.
            case "SUBSCRIBE": return .nothing
            default: return nil
            }
        }
    }

    private static func configuration(_ sentinels: FakeRedis...) -> RedisConfiguration {
        var configuration = RedisConfiguration()
        var known = RedisConfiguration.Sentinels(addresses: sentinels.map { .unix(path: $0.socket) }, primaryName: "mine")
        known.patience = .seconds(30)
        configuration.sentinels = known
        configuration.commandTimeout = .seconds(30)
        return configuration
    }

    private static func name(_ client: RedisClient) async throws -> String? {
        try await client.send(RedisCommand("GET", "name")).string
    }

    @Test("A server that answers READONLY is left for the one that the sentinel names then")
    func readOnly() async throws {
        let replica = try await Self.primary("old", set: "-READONLY You can't write against a read only replica.\r\n")
        let primary = try await Self.primary("new")
        let knowledge = Knowledge()
        knowledge.ports.withLock { $0 = [replica, primary].compactMap(\.port) }
        let sentinel = try await Self.sentinel(knowledge)
        try await withClient(Self.configuration(sentinel)) { client in
            #expect(try await Self.name(client) == "old")
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("SET", "k", "v")) }
            #expect(error?.code == .readOnly)
            let written = try await client.send(RedisCommand("SET", "k", "v")).string
            #expect(written == "OK")
            #expect(try await Self.name(client) == "new")
        }
        for fake in [replica, primary, sentinel] { try await fake.close() }
    }

    @Test("A READONLY reaches its call, and so do the replies behind it in the same read")
    func readOnlyAmongOthers() async throws {
        let replica = try await Self.primary("old", set: "-READONLY You can't write against a read only replica.\r\n")
        let knowledge = Knowledge()
        knowledge.ports.withLock { $0 = [replica].compactMap(\.port) }
        let sentinel = try await Self.sentinel(knowledge)
        try await withClient(Self.configuration(sentinel)) { client in
            let replies = try await client.send([RedisCommand("GET", "name"), RedisCommand("SET", "k", "v")])
            #expect(replies[0].string == "old")
            #expect(replies[1].error?.code == .readOnly)
        }
        for fake in [replica, sentinel] { try await fake.close() }
    }

    @Test("A server that is named and is no primary is not used; the next sentinel is asked")
    func misled() async throws {
        let replica = try await Self.primary("old", role: "slave")
        let primary = try await Self.primary("new")
        let behind = Knowledge()
        behind.ports.withLock { $0 = [replica].compactMap(\.port) }
        let knowing = Knowledge()
        knowing.ports.withLock { $0 = [primary].compactMap(\.port) }
        let sentinels = [try await Self.sentinel(behind), try await Self.sentinel(knowing)]
        try await withClient(Self.configuration(sentinels[0], sentinels[1])) { client in
            #expect(try await Self.name(client) == "new")
            let reader = client.makeReader()
            let read = try await reader.read(RedisCommand("GET", "name"), block: .zero).string
            #expect(read == "new")
            await reader.shutDown()
        }
        for fake in [replica, primary] + sentinels { try await fake.close() }
    }
}
