import Glibc
import Logging
import RedisClient

/// What it was measured on; no names.
struct Machine: Sendable {
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let redis: String

    static func look() async throws -> Machine {
        let redis = try await PrivateRedis.start()
        let client = RedisClient(try RedisConfiguration(url: redis.url), logger: .silent)
        let version = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            let reply = try await client.send(RedisCommand("INFO", "server"))
            group.cancelAll()
            return RedisInfo(reply.string ?? "").version
        }
        try await redis.stop()
        return Machine(redis: version)
    }
}
