import EmbeddedRedis
import Glibc
import ServiceLifecycle
import StepstreamTesting
import Testing

@Suite("Embedded Redis: life and end", .timeLimit(.minutes(1)))
struct LifeTests {
    private static let ready = "The embedded Redis is ready"

    @Test("Killed with SIGKILL it is started again, at the same address, with its data")
    func restartsAfterKill() async throws {
        try await withRedisFolder { folder in
            let signals = NamedSignals()
            let redis = EmbeddedRedis(.init(folder: folder), logger: signallingLogger(signals))
            let url = try await redis.start()
            let first = try #require(redis.processIdentifier)
            #expect(try reply(to: "SET kept yes", at: url) == "+OK\r\n")
            try await withThrowingTaskGroup { group in
                group.addTask { try await redis.run() }
                redis.kill(SIGKILL)
                try await signals.wait(for: Self.ready, count: 2)
                #expect(try reply(to: "GET kept", at: url) == "$3\r\nyes\r\n")
                let second = try #require(redis.processIdentifier)
                #expect(second != first)
                group.cancelAll()
                try await group.waitForAll()
                #expect(!isRunning(second))
            }
            #expect(signals.values(of: "The embedded Redis ended unexpectedly and is started again").count == 1)
        }
    }

    @Test("Graceful shutdown ends it and lets it write its append-only file")
    func gracefulShutdown() async throws {
        try await withRedisFolder { folder in
            let signals = NamedSignals()
            let redis = EmbeddedRedis(.init(folder: folder), logger: signallingLogger(signals))
            let services = ServiceGroup(services: [redis], logger: .quiet)
            try await withThrowingTaskGroup { group in
                group.addTask { try await services.run() }
                try await signals.wait(for: Self.ready)
                let process = try #require(redis.processIdentifier)
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                #expect(!isRunning(process))
            }
            let log = try text(of: folder + "/redis.log")
            #expect(log.contains("Received SIGTERM"))
            #expect(log.contains("ready to exit, bye bye"))
        }
    }

    @Test("A parent killed with SIGKILL leaves no redis-server behind")
    func parentKilled() async throws {
        try await withRedisFolder { folder in
            setenv("EMBEDDED_REDIS_TEST_FOLDER", folder, 1)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                let folder = String(cString: try #require(getenv("EMBEDDED_REDIS_TEST_FOLDER")))
                let redis = EmbeddedRedis(.init(folder: folder), logger: .quiet)
                let url = try await redis.start()
                // Redis removes its pid file when it ends, so the number is kept in the data.
                #expect(try reply(to: "SET orphan \(try #require(redis.processIdentifier))", at: url) == "+OK\r\n")
                Glibc.kill(getpid(), SIGKILL)
            }
            // The folder's lock is free only when the watcher and its Redis are gone, so the start is the wait.
            let next = EmbeddedRedis(.init(folder: folder), logger: .quiet)
            let url = try await next.start()
            let orphan = try #require(reply(to: "GET orphan", at: url).split(separator: "\r\n").last.flatMap { Int32($0) })
            #expect(!isRunning(orphan))
            await next.stop()
        }
    }

    @Test("A watcher killed with SIGKILL takes its Redis along, and both are replaced")
    func watcherKilled() async throws {
        try await withRedisFolder { folder in
            let signals = NamedSignals()
            let redis = EmbeddedRedis(.init(folder: folder), logger: signallingLogger(signals))
            _ = try await redis.start()
            let process = try #require(redis.processIdentifier)
            try await withThrowingTaskGroup { group in
                group.addTask { try await redis.run() }
                // The watcher leads the process group that its Redis is in.
                Glibc.kill(getpgid(process), SIGKILL)
                try await signals.wait(for: Self.ready, count: 2)
                #expect(!isRunning(process))
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("A temporary folder goes with a parent that did not stop its Redis")
    func temporaryFolder() async throws {
        try await withRedisFolder { folder in
            setenv("EMBEDDED_REDIS_TEMPORARY_FOLDER", folder + "/redis", 1)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                let folder = String(cString: try #require(getenv("EMBEDDED_REDIS_TEMPORARY_FOLDER")))
                var configuration = EmbeddedRedis.Configuration(folder: folder)
                configuration.isTemporary = true
                _ = try await EmbeddedRedis(configuration, logger: .quiet).start()
                Glibc.kill(getpid(), SIGKILL)
            }
            while access(folder + "/redis", F_OK) == 0 { await Task.yield() }
            #expect(access(folder, F_OK) == 0)
        }
    }

    @Test("Stopped while paused it is killed after its limit")
    func pausedIsKilled() async throws {
        try await withRedisFolder { folder in
            var configuration = EmbeddedRedis.Configuration(folder: folder)
            configuration.stopLimit = 1
            let redis = EmbeddedRedis(configuration, logger: .quiet)
            _ = try await redis.start()
            let process = try #require(redis.processIdentifier)
            redis.kill(SIGSTOP)
            await redis.stop()
            #expect(!isRunning(process))
            #expect(redis.processIdentifier == nil)
        }
    }

    private func text(of path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
