import Stepstream
import StepstreamServer
import StepstreamStore
import Testing

@Suite("Callbacks and their deliveries over HTTP")
struct DeliveryTests {
    private func accept(_ configuration: inout ServerConfiguration) { configuration.callbacks = CallbackRules() }

    private func callback(_ json: String) -> String { #"{"type":"mail","input":{},"callback":\#(json)}"# }

    @Test(
        "What a callback may not be is refused with a pointer",
        arguments: [
            ("7", "/callback"), ("{}", "/callback/url"), (#"{"url":"http://a.example/"}"#, "/callback/url"),
            (#"{"url":"https://a.example:22/"}"#, "/callback/url"), (#"{"url":"https://10.0.0.1/"}"#, "/callback/url"),
            (#"{"url":"https://[::ffff:127.0.0.1]/"}"#, "/callback/url"), (#"{"url":"https://u:p@a.example/"}"#, "/callback/url"),
            (#"{"url":"https://2130706433/"}"#, "/callback/url"), (#"{"url":"https://a.example/","events":[]}"#, "/callback/events"),
            (#"{"url":"https://a.example/","events":["nope"]}"#, "/callback/events/0"),
            (#"{"url":"https://a.example/","secret":"x"}"#, "/callback/secret"),
        ]
    )
    func refused(_ json: String, _ pointer: String) async throws {
        try await TestServer.with(configure: accept) { server in
            let answer = try await server.post("/v1/operations", callback(json))
            #expect(answer.status == 422)
            #expect(try answer.pointers() == [pointer], "\(answer.body)")
        }
    }

    @Test("The ledger tells each delivery; one is replayed by its number, several by a span of time")
    func ledger() async throws {
        try await TestServer.with(configure: accept) { server in
            let url = #"{"url":"https://a.example/hook","events":["stepstream.operation.accepted"]}"#
            let submitted = try await server.post("/v1/operations", callback(url))
            #expect(submitted.status == 202, "\(submitted.body)")
            let id = try #require(try JSONNode.parse(submitted.body).member("id")?.string)
            let empty = try await server.get("/v1/operations/\(id)/deliveries")
            #expect(empty.status == 200 && empty.body == #"{"operation":"\#(id)","deliveries":[],"dropped":0}"#, "\(empty.body)")
            let unknown = try await server.get("/v1/operations/unknown/deliveries")
            #expect(unknown.status == 404)
            _ = try await server.store.route(limit: 10, to: [])
            let receiver = DueReceivers.Receiver(name: "a.example/443", partition: 0)
            let claims = try await server.store.claim(receiver, configured: nil, limit: 5, lease: 60_000)
            let busy = try await server.post("/v1/operations/\(id)/deliveries/1:replay", "")
            #expect(busy.status == 409)
            let claim = try #require(claims.first)
            _ = try await server.store.settle(claim, as: DeliveryOutcome(.exhausted, status: 500, fault: nil, pause: 0))

            let told = try await server.get("/v1/operations/\(id)/deliveries")
            let delivery = try #require(try JSONNode.parse(told.body).member("deliveries")?.elements.first)
            #expect(delivery.member("state")?.string == "exhausted" && delivery.member("endpoint")?.string == "a.example/443")
            #expect(delivery.member("tries")?.elements.first?.member("status")?.int64 == 500)
            let missing = try await server.post("/v1/operations/\(id)/deliveries/2:replay", "")
            #expect(missing.status == 404)
            let span = #"{"endpoint":"a.example/443","from":"2020-01-01T00:00:00Z","to":"2999-01-01T00:00:00Z"}"#
            let replayed = try await server.post("/v1/deliveries:replay", span)
            #expect(replayed.status == 202 && replayed.body == #"{"replayed":1,"nextPageToken":null}"#)
            let again = try await server.post("/v1/deliveries:replay", span)
            #expect(again.body == #"{"replayed":0,"nextPageToken":null}"#)
            let next = try #require(try await server.store.claim(receiver, configured: nil, limit: 5, lease: 60_000).first)
            #expect(next.webhookID == claim.webhookID && next.tries == 0)
        }
    }

    @Test("The same ID with another callback is another request")
    func fingerprint() async throws {
        try await TestServer.with(configure: accept) { server in
            let body = { (host: String) in #"{"type":"mail","input":{},"id":"same","callback":{"url":"https://\#(host)/"}}"# }
            let first = try await server.post("/v1/operations", body("a.example"))
            let same = try await server.post("/v1/operations", body("a.example"))
            let other = try await server.post("/v1/operations", body("b.example"))
            #expect([first.status, same.status, other.status] == [202, 202, 422])
        }
    }
}
