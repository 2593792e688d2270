import Foundation
import Glibc
import Logging
import RedisClient

/// What it was measured on; no names.
struct Machine: Sendable {
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let redis: String
    /// As its maker calls it.
    let processor: String

    private static func processor() -> String {
        let text = FileManager.default.contents(atPath: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line.map { $0.split(separator: ":").dropFirst().joined().drop { $0 == " " } }.map { String($0) } ?? "an unknown processor"
    }

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
        return Machine(redis: version, processor: processor())
    }
}
