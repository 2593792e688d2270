import EmbeddedRedis
import FoundationEssentials
import Glibc
import StepstreamTesting
import Testing

@Suite("Embedded Redis: start")
struct StartTests {
    @Test("It answers, on a unix socket only, with the settings the product rests on")
    func startsWithSettings() async throws {
        try await withRedisFolder { folder in
            let redis = EmbeddedRedis(.init(folder: folder + "/a/b"), logger: .quiet)
            let url = try await redis.start()
            #expect(url == "unix://\(folder)/a/b/redis.sock")
            #expect(try reply(to: "PING", at: url) == "+PONG\r\n")
            let expected = [
                "port": "0", "appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction",
                "hash-max-listpack-value": "4096", "hash-max-listpack-entries": "512", "stream-node-max-entries": "16",
                "auto-aof-rewrite-min-size": "268435456",
            ]
            for (setting, value) in expected {
                let answer = try reply(to: "CONFIG GET \(setting)", at: url)
                #expect(answer == "*2\r\n$\(setting.utf8.count)\r\n\(setting)\r\n$\(value.utf8.count)\r\n\(value)\r\n")
            }
            let again = try await redis.start()
            #expect(again == url, "A second start finds it running")
            await redis.stop()
        }
    }

    @Test("Extra arguments win over ours")
    func extraArguments() async throws {
        try await withRedisFolder { folder in
            let arguments = ["--maxmemory", "12mb", "--appendfsync", "always"]
            let redis = EmbeddedRedis(.init(folder: folder, extraArguments: arguments), logger: .quiet)
            let url = try await redis.start()
            #expect(try reply(to: "CONFIG GET maxmemory", at: url).hasSuffix("12582912\r\n"))
            #expect(try reply(to: "CONFIG GET appendfsync", at: url).hasSuffix("always\r\n"))
            await redis.stop()
        }
    }

    @Test(
        "A folder whose path is too long for a socket address, or needs escapes in a URL, gets a short socket",
        arguments: [String(repeating: "long-", count: 30), "with space?"]
    )
    func shortSocket(name: String) async throws {
        try await withRedisFolder { folder in
            let redis = EmbeddedRedis(.init(folder: "\(folder)/\(name)"), logger: .quiet)
            let url = try await redis.start()
            #expect(url.hasPrefix("unix:///tmp/stepstream-\(getuid())/"))
            #expect(url.utf8.count < 100)
            #expect(try reply(to: "PING", at: url) == "+PONG\r\n")
            await redis.stop()
        }
    }

    @Test("Redis inherits no descriptor of this process, and runs in another process group")
    func isolation() async throws {
        try await withRedisFolder { folder in
            let path = folder + "/inheritable"
            let inheritable = open(path, O_RDWR | O_CREAT, 0o600)
            defer { close(inheritable) }
            let redis = EmbeddedRedis(.init(folder: folder + "/redis"), logger: .quiet)
            _ = try await redis.start()
            let process = try #require(redis.processIdentifier)
            #expect(getpgid(process) != getpgrp())
            for descriptor in 0..<256 {
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(descriptor)")
                #expect(target != path)
            }
            await redis.stop()
        }
    }

    @Test("Without redis-server the error says how to install it", arguments: ["no-such-redis-server", "/no/such/redis-server"])
    func missingExecutable(name: String) async throws {
        try await withRedisFolder { folder in
            let redis = EmbeddedRedis(.init(folder: folder, executable: name), logger: .quiet)
            let error = await #expect(throws: EmbeddedRedisError.self) { try await redis.start() }
            #expect(error?.code == .executableMissing)
            #expect(error?.message.contains("apt-get install redis-server") == true)
            #expect(error?.message.contains(name) == true)
        }
    }

    @Test("A Redis that refuses its settings is reported with the end of its log")
    func refusedSettings() async throws {
        try await withRedisFolder { folder in
            let redis = EmbeddedRedis(.init(folder: folder, extraArguments: ["--maxmemory", "plenty"]), logger: .quiet)
            let error = await #expect(throws: EmbeddedRedisError.self) { try await redis.start() }
            #expect(error?.code == .startFailed)
            #expect(error?.message.contains("argument must be a memory value") == true)
        }
    }

    @Test("A folder that cannot be made is named")
    func impossibleFolder() async throws {
        try await withRedisFolder { folder in
            close(open(folder + "/file", O_CREAT | O_WRONLY, 0o600))
            let redis = EmbeddedRedis(.init(folder: folder + "/file/redis"), logger: .quiet)
            let error = await #expect(throws: EmbeddedRedisError.self) { try await redis.start() }
            #expect(error?.code == .folderUnusable)
            #expect(error?.message.contains(folder + "/file") == true)
        }
    }
}
