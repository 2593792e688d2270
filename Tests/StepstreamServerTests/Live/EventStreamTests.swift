import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("Server-Sent Events", .timeLimit(.minutes(2)))
struct EventStreamTests {
    @Test("A connection that is as old as it may be is closed in words, and who comes again misses nothing")
    func old() async throws {
        try await TestServer.with(configure: { $0.watchLife = .milliseconds(300) }) { server in
            let id = try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
            let url = server.url + "/v1/operations/\(id)/events"
            var source = try await EventSource(url)
            let snapshot = try #require(try await source.next())
            #expect(try await source.next() == nil)
            #expect(source.comments.last == "this connection is old; connect again")
            try await server.work(on: .mail, .succeeded(.null))
            var types: [String] = []
            source = try await EventSource(url, ["Last-Event-ID": snapshot.id])
            while let frame = try await source.next() { types.append(frame.event) }
            let ends = ["stepstream.operation.started", "stepstream.operation.succeeded"]
            #expect([types.first, types.last] == ends)
        }
    }

    @Test("A snapshot first, then every event in order as a CloudEvent, and the end closes the stream")
    func whole() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
            var source = try await EventSource(server.url + "/v1/operations/\(id)/events")
            #expect(source.status == 200)
            #expect(source.headers["content-type"] == "text/event-stream")
            #expect(source.headers["cache-control"] == "no-store")
            #expect(source.headers["x-accel-buffering"] == "no")

            let snapshot = try #require(try await source.next())
            #expect(snapshot.event == "snapshot")
            #expect(snapshot.id == "1")
            #expect(try snapshot.json()["id"] == id)
            #expect(try snapshot.json()["status"] == "NotStarted")

            try await server.work(on: .mail, .succeeded(JSONText(trusted: #"{"a":"line\nbreak"}"#)))
            var frames: [EventSource.Frame] = []
            while let frame = try await source.next() { frames.append(frame) }
            #expect(frames.map(\.id) == (0..<frames.count).map { String($0 + 2) })
            #expect(frames.first?.event == "stepstream.operation.started")
            #expect(frames.last?.event == "stepstream.operation.succeeded")
            let last = try #require(frames.last).json()
            #expect(last["specversion"] == "1.0")
            #expect(last["id"] == "\(id)/\(frames.count + 1)")
            #expect(last["subject"] == id)
            #expect(last["type"] == "stepstream.operation.succeeded")
            #expect(last["source"] == server.url)
            #expect(last["sequence"]?.count == 10)
            #expect(Timestamp.isTime(last["time"]))

            // Told everything: an EventSource that comes again is told to stay away.
            let again = try await server.get("/v1/operations/\(id)/events", ["Last-Event-ID": try #require(frames.last).id])
            #expect(again.status == 204)
        }
    }

    @Test("A client that comes back hears what it missed; one that is too far behind gets the state instead")
    func resumed() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
            try await server.work(on: .mail, .succeeded(.null))
            for path in ["/v1/operations/\(id)/events?last-event-id=1", "/v1/events?operation=\(id)&last-event-id=1"] {
                var source = try await EventSource(server.url + path)
                var kinds: [String] = []
                while let frame = try await source.next() { kinds.append(frame.event) }
                #expect(kinds.first == "stepstream.operation.started")
                #expect(kinds.last == "stepstream.operation.succeeded")
            }
            var fresh = try await EventSource(server.url + "/v1/operations/\(id)/events")
            #expect(try await fresh.next()?.event == "snapshot")
            #expect(try await fresh.next() == nil)
        }
    }

    @Test("Several operations on one connection; the id is where the client is in each of them")
    func several() async throws {
        try await TestServer.with { server in
            var ids: [String] = []
            for _ in 0..<3 { ids.append(try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])) }
            let path = "/v1/events?" + ids.map { "operation=\($0)" }.joined(separator: "&")
            var source = try await EventSource(server.url + path)
            for _ in ids { #expect(try await source.next()?.event == "snapshot") }
            var told: [String: [String]] = [:]
            for _ in ids { try await server.work(on: .mail, .succeeded(.null)) }
            var last = ""
            while let frame = try await source.next() {
                last = frame.id
                told[try #require(try frame.json()["subject"]), default: []].append(frame.event)
            }
            #expect(Set(told.keys) == Set(ids))
            #expect(Set(told.values.map { $0.last }) == ["stepstream.operation.succeeded"])
            #expect(last.split(separator: ",").count == 3)
            #expect(try await server.get(path, ["Last-Event-ID": last]).status == 204)
        }
    }

    @Test("Line breaks in the metadata break no frame, and a client that knows more than the record gets it whole")
    func lineBreaks() async throws {
        try await TestServer.with { server in
            let body = "{\"type\":\"mail\",\"metadata\":{\n \"a\":\r\n 1\n}}"
            let id = try #require(try await server.post("/v1/operations", body).json()["id"])
            #expect(try await server.post("/v1/operations", body.dropLast() + #","id":"\#(id)"}"#).status == 202)
            try await server.work(on: .mail, .succeeded(JSONText(trusted: "{\n\"made\":\n\"by hand\"}")))
            let url = server.url + "/v1/operations/\(id)/events"
            for known in [nil, "99"] {
                var source = try await EventSource(url, known.map { ["Last-Event-ID": $0] } ?? [:])
                let frame = try #require(try await source.next())
                #expect(frame.event == (known == nil ? "snapshot" : "reset"))
                #expect(try frame.json().member("metadata")?.member("a")?.int64 == 1)
                #expect(try frame.json().member("result")?["made"] == "by hand")
            }
        }
    }

    @Test("Redis goes away and comes back: the same connection tells the rest without a gap")
    func outage() async throws {
        let redis = try await RedisServer.start()
        try await TestServer.with(redis: redis.url) { server in
            let id = try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
            var source = try await EventSource(server.url + "/v1/operations/\(id)/events")
            #expect(try await source.next()?.event == "snapshot")
            await redis.kill9()
            try await redis.restart()
            var isDone = false
            while !isDone {
                do {
                    try await server.work(on: .mail, .succeeded(.null))
                    isDone = true
                } catch let error as StoreError {
                    #expect(error.isTransient, "\(error)")
                }
            }
            var ids: [Int] = []
            while let frame = try await source.next() { ids.append(try #require(Int(frame.id))) }
            #expect(ids == Array(2..<(2 + ids.count)))
            #expect(ids.count >= 3)
        }
        await redis.stop()
    }

    @Test("Unknown operations, too many, and positions that are none")
    func refused() async throws {
        try await TestServer.with { server in
            #expect(try await server.get("/v1/operations/unknown/events").status == 404)
            #expect(try await server.get("/v1/events").pointers() == ["operation"])
            #expect(try await server.get("/v1/events?operation=unknown").status == 404)
            let id = try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
            #expect(try await server.get("/v1/events?operation=\(id)&operation=\(id)").status == 422)
            for position in ["x", "-1", "1,2", "99999999999999999999"] {
                let answer = try await server.get("/v1/operations/\(id)/events", ["Last-Event-ID": position])
                #expect(try answer.pointers() == ["Last-Event-ID"])
            }
            #expect(try await server.get("/v1/operations/\(id)/events", ["Accept": "application/json"]).status == 406)
        }
    }

    @Test(
        "No more watchers than an address, a caller or the server may hold, and their places come back",
        arguments: ["address", "caller", "all"]
    )
    func limits(of whom: String) async throws {
        let configure: (inout ServerConfiguration) -> Void = {
            switch whom {
            case "address": $0.watchersPerAddress = 1
            case "caller": $0.watchersPerCaller = 1
            default: $0.watchers = 1
            }
        }
        let status = whom == "all" ? 503 : 429
        try await TestServer.with(configure: configure) { server in
            let id = try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
            let path = "/v1/operations/\(id)/events"
            #expect(try await server.send(.HEAD, path).status == 200)
            var first = try await EventSource(server.url + path)
            #expect(try await first.next()?.event == "snapshot")
            let refused = try await server.get(path)
            #expect(refused.status == status)
            #expect(refused.headers["retry-after"] != nil)
            try await server.work(on: .mail, .succeeded(.null))
            while try await first.next() != nil {}
            var second = try await EventSource(server.url + path)
            while second.status == status { second = try await EventSource(server.url + path) }
            #expect(try await second.next()?.event == "snapshot")
        }
    }
}

extension Timestamp {
    static func isTime(_ text: String?) -> Bool { text.flatMap(parse) != nil }
}
