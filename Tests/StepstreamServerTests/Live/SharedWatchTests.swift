import NIOCore
import NIOPosix
import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("One hub for all who watch", .timeLimit(.minutes(5)))
struct SharedWatchTests {
    /// What Redis counted since the last reset, by command.
    private static func calls(_ server: TestServer, _ client: RedisClient) async throws -> [String: Int] {
        let text = try await client.send(RedisCommand("INFO", "commandstats")).string ?? ""
        var calls: [String: Int] = [:]
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("cmdstat_") {
            let parts = line.dropFirst(8).split(separator: ":")
            let number = parts[1].split(separator: ",")[0].split(separator: "=")[1]
            calls[String(parts[0]), default: 0] += Int(number) ?? 0
        }
        return calls
    }

    /// Sends a GET and says so once `word` has come; ends with the connection.
    private static func read(_ port: Int, _ path: String, until word: String, _ signals: NamedSignals) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
            var received = ""
            var isTold = false
            for try await part in inbound {
                received += String(buffer: part)
                if !isTold, received.contains(word) {
                    isTold = true
                    signals.emit("stands")
                }
            }
            return received
        }
    }

    private static func webSocket(_ port: Int, _ id: String, _ signals: NamedSignals) async throws -> String {
        var last = ""
        try await RawWebSocket.with(port) { socket in
            try await socket.send(#"{"watch":["\#(id)"]}"#)
            while !last.contains("stepstream.operation.succeeded") {
                guard let frame = try await socket.next() else { return }
                if last.isEmpty { signals.emit("stands") }
                last = frame.text
            }
        }
        return last
    }

    /// Waits until `count` reads have been made and no more come: some that stand already read once more, to miss nothing.
    private static func waitUntilQuiet(after count: Int, _ server: TestServer, _ client: RedisClient) async throws {
        var (last, same) = (0, 0)
        while last < count || same < 20 {
            let now = try await calls(server, client)["hgetall"] ?? 0
            same = now == last ? same + 1 : 0
            last = now
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("A thousand watchers of one operation, on every channel, cost one subscription and a few reads")
    func shared() async throws {
        let redis = try await RedisServer.start()
        let configure: (inout ServerConfiguration) -> Void = { $0.watchersPerAddress = 5000 }
        try await TestServer.with(redis: redis.url, configure: configure) { server in
            let client = RedisClient(try RedisConfiguration(url: redis.url), logger: .quiet)
            try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    try await client.run()
                    return nil
                }
                let id = try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
                let signals = NamedSignals()
                _ = try await client.send(RedisCommand("CONFIG", "RESETSTAT"))
                for index in 0..<1000 {
                    group.addTask {
                        if index.isMultiple(of: 2) { return try await Self.webSocket(server.port, id, signals) }
                        return try await Self.read(server.port, "/v1/operations/\(id)/events", until: "snapshot", signals)
                    }
                }
                for _ in 0..<100 {
                    group.addTask { try await Self.read(server.port, "/v1/operations/\(id)?wait=60", until: "HTTP/1.1", signals) }
                }
                try await signals.wait(for: "stands", count: 1000)
                // Each long poll reads the operation once before it waits.
                try await Self.waitUntilQuiet(after: 1100, server, client)
                #expect(try await Self.calls(server, client)["subscribe"] == 1)

                _ = try await client.send(RedisCommand("CONFIG", "RESETSTAT"))
                try await server.work(on: .mail, .succeeded(.null))
                var count = 0
                while count < 1100, let answer = try await group.next() {
                    count += 1
                    #expect(answer?.contains("succeeded") == true || answer?.contains("Succeeded") == true)
                }
                let calls = try await Self.calls(server, client)
                #expect(calls["subscribe"] == nil)
                #expect((calls["hgetall"] ?? 0) <= 20, "\(calls)")
                group.cancelAll()
            }
        }
        await redis.stop()
    }
}
