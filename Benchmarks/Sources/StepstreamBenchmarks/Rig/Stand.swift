import Logging
import RedisClient
import StepstreamStore

/// A Redis with a store on it, and a second client that asks Redis how it is without being counted among the store's commands.
struct Stand: Sendable {
    /// The path of Redis's socket.
    let socket: String
    let client: RedisClient
    let store: RedisStore
    let probe: RedisClient

    /// Sets one up for as long as `body` runs.
    static func with<Result: Sendable>(_ body: @escaping @Sendable (Stand) async throws -> Result) async throws -> Result {
        let redis = try await PrivateRedis.start()
        do {
            let result = try await with(redisAt: redis.url, body)
            try await redis.stop()
            return result
        } catch {
            try await redis.stop()
            throw error
        }
    }

    /// The same on a Redis that runs already, at the URL of a unix socket.
    static func with<Result: Sendable>(
        redisAt url: String,
        _ body: @escaping @Sendable (Stand) async throws -> Result
    ) async throws -> Result {
        let configuration = try RedisConfiguration(url: url)
        let client = RedisClient(configuration, logger: .silent)
        let stand = Stand(
            socket: String(url.dropFirst("unix://".count)),
            client: client,
            store: RedisStore(RedisStore.Configuration(), client: client, logger: .silent),
            probe: RedisClient(configuration, logger: .silent)
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await stand.client.run() }
            group.addTask { try await stand.probe.run() }
            group.addTask { try await stand.store.run() }
            let result = try await body(stand)
            group.cancelAll()
            return result
        }
    }

    /// What Redis says about itself.
    func info() async throws -> RedisInfo {
        let reply = try await probe.send(RedisCommand("INFO", "cpu", "memory", "commandstats", "server"))
        if let error = reply.error { throw error }
        return RedisInfo(reply.string ?? "")
    }
}
