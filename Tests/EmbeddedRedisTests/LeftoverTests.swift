import EmbeddedRedis
import Glibc
import StepstreamTesting
import Testing

@Suite("Embedded Redis: what an earlier life left")
struct LeftoverTests {
    @Test("A stale socket and a stale process file are no obstacle")
    func staleSocketAndProcessFile() async throws {
        try await withRedisFolder { folder in
            let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: (folder + "/redis.sock").utf8) }
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
            try #require(bound == 0)
            close(stale)
            append("1\n", to: folder + "/redis.pid")
            let redis = EmbeddedRedis(.init(folder: folder), logger: .quiet)
            let url = try await redis.start()
            #expect(try reply(to: "PING", at: url) == "+PONG\r\n")
            await redis.stop()
        }
    }

    @Test("An append-only file that was cut in the middle of a command is loaded up to there")
    func truncatedTail() async throws {
        try await withRedisFolder { folder in
            let first = EmbeddedRedis(.init(folder: folder), logger: .quiet)
            let firstURL = try await first.start()
            #expect(try reply(to: "SET kept yes", at: firstURL) == "+OK\r\n")
            await first.stop()
            append("*3\r\n$3\r\nSET\r\n$4\r\nlo", to: folder + "/appendonlydir/appendonly.aof.1.incr.aof")
            let second = EmbeddedRedis(.init(folder: folder), logger: .quiet)
            let secondURL = try await second.start()
            #expect(try reply(to: "GET kept", at: secondURL) == "$3\r\nyes\r\n")
            await second.stop()
        }
    }

    @Test("Two at once on one folder: the second says who holds it")
    func secondIsRefused() async throws {
        try await withRedisFolder { folder in
            let first = EmbeddedRedis(.init(folder: folder), logger: .quiet)
            let url = try await first.start()
            var configuration = EmbeddedRedis.Configuration(folder: folder)
            configuration.lockLimit = .milliseconds(50)
            let second = EmbeddedRedis(configuration, logger: .quiet)
            let error = await #expect(throws: EmbeddedRedisError.self) { try await second.start() }
            #expect(error?.code == .folderInUse)
            let process = try #require(first.processIdentifier)
            #expect(error?.message.contains("process \(process)") == true)
            #expect(try reply(to: "PING", at: url) == "+PONG\r\n", "The first is not disturbed")
            await first.stop()
        }
    }

    @Test("A Redis that is still ending is waited for")
    func endingIsWaitedFor() async throws {
        try await withRedisFolder { folder in
            var configuration = EmbeddedRedis.Configuration(folder: folder)
            configuration.stopLimit = 1
            let first = EmbeddedRedis(configuration, logger: .quiet)
            let firstURL = try await first.start()
            #expect(try reply(to: "SET kept yes", at: firstURL) == "+OK\r\n")
            let process = try #require(first.processIdentifier)
            // Paused, it cannot follow SIGTERM and holds the folder until SIGKILL.
            first.kill(SIGSTOP)
            async let stopped: Void = first.stop()
            let second = EmbeddedRedis(configuration, logger: .quiet)
            let url = try await second.start()
            #expect(!isRunning(process))
            #expect(try reply(to: "GET kept", at: url) == "$3\r\nyes\r\n")
            await stopped
            await second.stop()
        }
    }

    private func append(_ text: String, to path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
    }
}
