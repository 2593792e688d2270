import EmbeddedRedis
import FoundationEssentials
import Glibc
import Logging
import Synchronization

/// A real redis-server for tests, on a unix socket in a temporary folder. It ends with the test process, however that ends.
///
/// Most tests share one server and keep apart by namespace, so that suites run side by side; a test that stops, pauses or configures
/// Redis starts a server of its own.
///
///     let server = try await RedisServer.shared
///     let store = try await open(server.url, namespace: RedisServer.freshNamespace())
public final class RedisServer: Sendable {
    /// The folder of the append-only file, the log and the socket; it stays over ``restart()`` and goes with ``stop()``.
    public let folder: String
    private let arguments: [String]
    private let redis: Mutex<EmbeddedRedis>
    private let address: Mutex<String>

    /// `unix:///…`; the same after a restart.
    public var url: String { address.withLock { $0 } }

    /// Redis's process identifier, while it runs.
    public var processIdentifier: Int32? { redis.withLock { $0 }.processIdentifier }

    private init(folder: String, arguments: [String]) {
        self.folder = folder
        self.arguments = arguments
        redis = Mutex(Self.embedded(folder: folder, arguments: arguments))
        address = Mutex("")
    }

    /// Starts a server of the caller's own.
    ///
    /// - Parameter arguments: Added to redis-server's command line, for example `["--maxmemory", "8mb"]`.
    /// - Returns: the server, once it answers.
    /// - Throws: why it could not be started, with the end of its log.
    public static func start(arguments: [String] = []) async throws -> RedisServer {
        let server = RedisServer(folder: try TemporaryFolder.make(), arguments: arguments)
        try await server.launch()
        return server
    }

    /// Ends Redis as a power cut would end its process, and waits until it is gone.
    public func kill9() async {
        let redis = redis.withLock { $0 }
        // Asked before the signal: a Redis that is gone already needs no wait.
        redis.kill(SIGKILL)
        await redis.waitUntilEnded()
    }

    /// Starts Redis again on the same folder and address, after ``kill9()`` or instead of a running one, which is ended first.
    ///
    /// - Throws: why it could not be started, with the end of its log.
    public func restart() async throws {
        let previous = redis.withLock { redis in
            defer { redis = Self.embedded(folder: folder, arguments: arguments) }
            return redis
        }
        await previous.stop()
        try await launch()
    }

    /// Ends Redis after it wrote its append-only file, and removes the folder.
    public func stop() async {
        await redis.withLock { $0 }.stop()
        TemporaryFolder.remove(folder)
    }

    /// Stops Redis in its tracks with SIGSTOP: connections stay open and nothing answers. Returns when it stands still.
    public func pause() {
        guard let process = processIdentifier else { return }
        redis.withLock { $0 }.kill(SIGSTOP)
        while let state = Self.schedulerState(of: process), state != "T", processIdentifier == process { sched_yield() }
    }

    /// Lets a paused Redis go on.
    public func resume() {
        redis.withLock { $0 }.kill(SIGCONT)
    }

    /// The letter of proc(5): the signal is sent, but takes a moment to arrive.
    private static func schedulerState(of process: Int32) -> Character? {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
        return status.split(separator: ")").last?.first { $0 != " " }
    }

    private func launch() async throws {
        let url = try await redis.withLock { $0 }.start()
        address.withLock { $0 = url }
    }

    private static func embedded(folder: String, arguments: [String]) -> EmbeddedRedis {
        var configuration = EmbeddedRedis.Configuration(folder: folder, extraArguments: arguments)
        configuration.isTemporary = true
        return EmbeddedRedis(configuration, logger: .quiet)
    }
}
