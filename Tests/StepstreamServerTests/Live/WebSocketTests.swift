import NIOCore
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("WebSocket", .timeLimit(.minutes(2)))
struct WebSocketTests {
    private static func accepted(_ server: TestServer) async throws -> String {
        try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
    }

    private static func watch(_ id: String, after known: Int? = nil) -> String {
        known.map { #"{"watch":["\#(id)"],"after":{"\#(id)":\#($0)}}"# } ?? #"{"watch":["\#(id)"]}"#
    }

    @Test("The handshake is the standard's; a snapshot, then every event in order as a CloudEvent")
    func whole() async throws {
        try await TestServer.with { server in
            let id = try await Self.accepted(server)
            try await RawWebSocket.with(server.port, ["Sec-WebSocket-Protocol: other, cloudevents.json"]) { socket in
                #expect(socket.head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
                // The example of RFC 6455 §1.3.
                #expect(socket.head.lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"))
                #expect(socket.head.lowercased().contains("sec-websocket-protocol: cloudevents.json\r\n"))
                try await socket.send(Self.watch(id))
                let snapshot = try await socket.message()
                #expect(snapshot["type"] == "stepstream.operation.snapshot")
                #expect(snapshot["specversion"] == "1.0")
                #expect(snapshot.member("data")?["status"] == "NotStarted")
                try await server.work(on: .mail, .succeeded(.null))
                var sequences: [String] = []
                var last: JSONNode?
                while last?["type"] != "stepstream.operation.succeeded" {
                    let event = try await socket.message()
                    sequences.append(try #require(event["sequence"]))
                    last = event
                }
                #expect(sequences == (0..<sequences.count).map { String(repeating: "0", count: 9) + String($0 + 2) })
                #expect(last?["subject"] == id)
                #expect(last?["id"] == "\(id)/\(sequences.count + 1)")
            }
        }
    }

    @Test("Who knows the history up to a number hears what came after; behind the kept history comes a reset")
    func resumed() async throws {
        try await TestServer.with { server in
            let id = try await Self.accepted(server)
            try await server.work(on: .mail, .succeeded(.null))
            let version = try await server.stored(id).version
            try await RawWebSocket.with(server.port) { socket in
                try await socket.send(Self.watch(id, after: 1))
                for number in 2...version { #expect(try await socket.message()["id"] == "\(id)/\(number)") }
                // Ended and told: it takes no room, and may be asked for again.
                try await socket.send(Self.watch(id))
                #expect(try await socket.message()["type"] == "stepstream.operation.snapshot")
            }
        }
    }

    @Test("A connection that is as old as it may be is closed with 1001, and who comes again misses nothing")
    func old() async throws {
        try await TestServer.with(configure: { $0.watchLife = .milliseconds(300) }) { server in
            let id = try await Self.accepted(server)
            try await RawWebSocket.with(server.port) { socket in
                try await socket.send(Self.watch(id))
                #expect(try await socket.message()["type"] == "stepstream.operation.snapshot")
                let frame = try #require(try await socket.next())
                #expect(
                    frame.code == 1001 && frame.text.hasSuffix(#"This connection has reached its maximum age; connect again with "after"."#)
                )
            }
        }
    }

    @Test("Unknown operations and bad messages are answered by an error; the others go on")
    func refused() async throws {
        try await TestServer.with { server in
            let id = try await Self.accepted(server)
            try await RawWebSocket.with(server.port) { socket in
                try await socket.send(#"{"watch":["unknown","\#(id)"]}"#)
                let error = try await socket.message()
                #expect(error["operation"] == "unknown")
                #expect(error.member("error")?.member("status")?.int64 == 404)
                #expect(try await socket.message()["subject"] == id)
                for text in [
                    "{", "[]", "{}", #"{"watch":[]}"#, #"{"watch":[1]}"#, #"{"watched":["a"]}"#, #"{"watch":["a"],"after":{"b":1}}"#,
                ] {
                    try await socket.send(text)
                    let status = try await socket.message().member("error")?.member("status")?.int64
                    #expect(status == (text == "{" ? 400 : 422), "\(text)")
                }
                try await server.work(on: .mail, .succeeded(.null))
                #expect(try await socket.message()["type"] == "stepstream.operation.started")
            }
        }
    }

    @Test("What is no longer watched is not told; a hundred and one are too many")
    func unwatched() async throws {
        try await TestServer.with { server in
            let first = try await Self.accepted(server)
            try await RawWebSocket.with(server.port) { socket in
                try await socket.send(Self.watch(first))
                #expect(try await socket.message()["subject"] == first)
                try await socket.send(#"{"unwatch":["\#(first)"]}"#)
                var ids: [String] = []
                for _ in 0..<100 { ids.append(try await Self.accepted(server)) }
                let list = ids.map { #""\#($0)""# }.joined(separator: ",")
                try await socket.send(#"{"watch":[\#(list)]}"#)
                var told: Set<String> = []
                for _ in ids { told.insert(try #require(try await socket.message()["subject"])) }
                #expect(told == Set(ids))
                try await socket.send(Self.watch(first))
                #expect(try await socket.message().member("error")?.member("status")?.int64 == 422)
                // The oldest message is the first operation's; nobody is told of it.
                try await server.work(on: .mail, .succeeded(.null))
                try await server.work(on: .mail, .succeeded(.null))
                #expect(try await socket.message()["subject"] == ids[0])
            }
        }
    }

    @Test("A handshake that is none is refused with its status, and a page of another origin with 403")
    func handshakes() async throws {
        try await TestServer.with(configure: { $0.origins = ["https://listed.example"] }) { server in
            let cases: [([String], String)] = [
                (["Sec-WebSocket-Version: 8"], "400"), (["Sec-WebSocket-Key: short"], "400"),
                (["Sec-WebSocket-Protocol: mqtt"], "400"), (["Origin: https://evil.example"], "403"), (["Origin: null"], "403"),
                (["Origin: https://listed.example"], "101"), (["Origin: http://127.0.0.1:\(server.port)"], "101"),
            ]
            for (fields, status) in cases {
                try await RawWebSocket.with(server.port, fields) { socket in
                    #expect(socket.head.hasPrefix("HTTP/1.1 \(status) "), "\(fields): \(socket.head)")
                    guard status != "101" else { return }
                    #expect(socket.head.lowercased().contains("connection: close"))
                    let rest = try await socket.rest()
                    #expect(rest.contains(#""type":"http://127.0.0.1:\#(server.port)/problems/"#))
                }
            }
        }
    }

    @Test("Places are shared with Server-Sent Events, refused before the upgrade, and given back")
    func places() async throws {
        try await TestServer.with(configure: { $0.watchersPerAddress = 1 }) { server in
            let id = try await Self.accepted(server)
            try await RawWebSocket.with(server.port) { socket in
                #expect(socket.head.hasPrefix("HTTP/1.1 101 "))
                try await RawWebSocket.with(server.port) { #expect($0.head.hasPrefix("HTTP/1.1 429 ")) }
                #expect(try await server.get("/v1/operations/\(id)/events").status == 429)
                try await socket.send(RawWebSocket.frame(8, [3, 232]))
                #expect(try await socket.next()?.code == 1000)
                #expect(try await socket.next() == nil)
            }
            var head = ""
            while !head.hasPrefix("HTTP/1.1 101 ") { try await RawWebSocket.with(server.port) { head = $0.head } }
        }
    }
}
