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
    ///
    /// - Parameters:
    ///   - arguments: settings of Redis that win over the product's.
    ///   - configuration: how the store keeps what it keeps.
    ///   - body: what is measured.
    /// - Returns: what `body` returned.
    /// - Throws: what `body` threw, or why Redis could not be started.
    static func with<Result: Sendable>(
        redis arguments: [String] = [],
        store configuration: RedisStore.Configuration = RedisStore.Configuration(),
        _ body: @escaping @Sendable (Stand) async throws -> Result
    ) async throws -> Result {
        let redis = try await PrivateRedis.start(arguments)
        do {
            let result = try await with(redisAt: redis.url, store: configuration, body)
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
        store storeConfiguration: RedisStore.Configuration = RedisStore.Configuration(),
        _ body: @escaping @Sendable (Stand) async throws -> Result
    ) async throws -> Result {
        let configuration = try RedisConfiguration(url: url)
        let client = RedisClient(configuration, logger: .silent)
        let stand = Stand(
            socket: String(url.dropFirst("unix://".count)),
            client: client,
            store: RedisStore(storeConfiguration, client: client, logger: .silent),
            probe: RedisClient(configuration, logger: .silent)
        )
        return try await beside([stand.client.run, stand.probe.run, stand.store.run]) { try await body(stand) }
    }

    /// Forgets what commands have cost, and notes from now on those that take more than 5 ms.
    func startWatching() async throws {
        for command in [
            // It keeps 128 by default. An entry takes about 3 KB.
            RedisCommand("CONFIG", "SET", "slowlog-log-slower-than", "5000", "slowlog-max-len", "10000"),
            RedisCommand("CONFIG", "RESETSTAT"), RedisCommand("SLOWLOG", "RESET"),
        ] {
            if let error = try await probe.send(command).error { throw error }
        }
    }

    /// How many commands took more than 5 ms since ``startWatching()`` or the last time this was asked; 10,000 at most.
    func slowCommands() async throws -> Int {
        let replies = try await probe.send([RedisCommand("SLOWLOG", "LEN"), RedisCommand("SLOWLOG", "RESET")])
        for case let error? in replies.map(\.error) { throw error }
        return replies[0].integer ?? 0
    }

    /// What Redis says about itself.
    func info() async throws -> RedisInfo {
        let reply = try await probe.send(RedisCommand("INFO", "cpu", "memory", "commandstats", "latencystats", "server"))
        if let error = reply.error { throw error }
        return RedisInfo(reply.string ?? "")
    }
}
