import Glibc
import StepstreamTesting
import Testing

@Suite("Redis for tests", .timeLimit(.minutes(1)))
struct RedisServerTests {
    @Test("The shared server is one, and a fresh namespace is fresh")
    func shared() async throws {
        async let first = RedisServer.shared
        async let second = RedisServer.shared
        #expect(try await first === second)
        let url = try await first.url
        #expect(try reply(to: "PING", at: url) == "+PONG\r\n")
        let namespaces = Set((0..<100).map { _ in RedisServer.freshNamespace() })
        #expect(namespaces.count == 100)
        #expect(namespaces.allSatisfy { $0.hasPrefix("test-") && $0.utf8.count == 21 })
    }

    @Test("The trait gives each case a namespace on the shared server", .redis, arguments: [1, 2])
    func trait(case number: Int) async throws {
        let fixture = try #require(RedisFixture.current)
        let shared = try await RedisServer.shared
        #expect(fixture.url == shared.url)
        #expect(try reply(to: "EXISTS \(fixture.namespace)", at: fixture.url) == ":0\r\n")
        #expect(try reply(to: "SET \(fixture.namespace) \(number)", at: fixture.url) == "+OK\r\n")
    }

    @Test("A server of one's own takes arguments, and keeps its address and data over kill and restart")
    func restart() async throws {
        let server = try await RedisServer.start(arguments: ["--maxmemory", "16mb"])
        let url = server.url
        #expect(try reply(to: "CONFIG GET maxmemory", at: url).hasSuffix("16777216\r\n"))
        #expect(try reply(to: "SET kept yes", at: url) == "+OK\r\n")
        await server.kill9()
        #expect(server.processIdentifier == nil)
        #expect(throws: (any Error).self) { try reply(to: "PING", at: url) }
        try await server.restart()
        #expect(server.url == url)
        #expect(try reply(to: "GET kept", at: url) == "$3\r\nyes\r\n")
        try await server.restart()
        #expect(try reply(to: "GET kept", at: url) == "$3\r\nyes\r\n")
        await server.stop()
        #expect(access(server.folder, F_OK) != 0)
    }

    @Test("A paused server is silent, a resumed one answers")
    func pause() async throws {
        let server = try await RedisServer.start()
        let process = try #require(server.processIdentifier)
        server.pause()
        #expect(state(of: process) == "T")
        server.resume()
        #expect(try reply(to: "PING", at: server.url) == "+PONG\r\n")
        #expect(state(of: process) != "T")
        await server.stop()
    }
}
