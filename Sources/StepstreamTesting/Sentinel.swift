import EmbeddedRedis
import FoundationEssentials
import Glibc
import Logging
import Rigging

/// One real sentinel, in a temporary folder. It ends with the test process, however that ends.
public final class Sentinel: Sendable {
    /// Where it listens on 127.0.0.1.
    public let port: Int
    /// The folder of its configuration, which it rewrites, its log and its socket.
    public let folder: String
    private let redis: EmbeddedRedis
    private let socket: String

    private init(port: Int, folder: String, redis: EmbeddedRedis, socket: String) {
        self.port = port
        self.folder = folder
        self.redis = redis
        self.socket = socket
    }

    /// Starts a sentinel that calls the server at `primary` by `name`, takes it for down after `downAfter`, and replaces it when
    /// `quorum` sentinels agree.
    static func start(name: String, primary: Int, quorum: Int, downAfter: Duration) async throws -> Sentinel {
        let folder = try TemporaryFolder.make()
        let port = try BoundPort.free()
        let milliseconds = downAfter.components.seconds * 1000 + downAfter.components.attoseconds / 1_000_000_000_000_000
        let lines = [
            "port \(port)", "bind 127.0.0.1", "sentinel monitor \(name) 127.0.0.1 \(primary) \(quorum)",
            "sentinel down-after-milliseconds \(name) \(milliseconds)", "sentinel failover-timeout \(name) 5000", "",
        ]
        try lines.joined(separator: "\n").write(toFile: folder + "/sentinel.conf", atomically: true, encoding: .utf8)
        var configuration = EmbeddedRedis.Configuration(folder: folder)
        configuration.sentinelFile = "sentinel.conf"
        configuration.isTemporary = true
        let redis = EmbeddedRedis(configuration, logger: .quiet)
        let url = try await redis.start()
        return Sentinel(port: port, folder: folder, redis: redis, socket: String(url.dropFirst("unix://".count)))
    }

    /// What it says of the primary called `name`.
    func primary(_ name: String) async throws -> [String: String]? {
        try await RedisInfo.read("sentinel", at: socket)?.primary(name)
    }

    /// Ends it as a power cut would, and waits until it is gone.
    public func kill9() async {
        redis.kill(SIGKILL)
        await redis.waitUntilEnded()
    }

    /// Ends it and removes its folder.
    public func stop() async {
        await redis.stop()
        TemporaryFolder.remove(folder)
    }
}
