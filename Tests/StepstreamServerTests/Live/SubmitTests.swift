import Stepstream
import StepstreamTesting
import Testing

@Suite("POST /v1/operations", .timeLimit(.minutes(2)))
struct SubmitTests {
    @Test("An async operation is accepted: 202, its document, and where to look")
    func accepted() async throws {
        try await TestServer.with { server in
            let answer = try await server.submit("mail", input: #"{"to":"a"}"#)
            #expect(answer.status == 202)
            let json = try answer.json()
            let id = try #require(json["id"])
            #expect(answer.headers["location"] == "\(server.url)/v1/operations/\(id)")
            #expect(answer.headers["operation-location"] == answer.headers["location"])
            #expect(answer.headers["operation-id"] == id)
            #expect(answer.headers["retry-after"] == "1")
            #expect(answer.headers["etag"] == "\"\(json.member("version")?.int64 ?? 0)\"")
            #expect(answer.headers["preference-applied"] == nil)
            #expect(json["status"] == "NotStarted")
            #expect(json["phase"] == "queued")
            #expect(try await server.stored(id).input.text == #"{"to":"a"}"#)
        }
    }

    @Test("Input and metadata are kept as they were written")
    func verbatim() async throws {
        try await TestServer.with { server in
            let body = #"{"metadata":{"b":1, "a":1.0},"input":{"n":1e3,"s":"\u00e9"},"type":"mail"}"#
            let answer = try await server.post("/v1/operations", body)
            #expect(answer.status == 202)
            #expect(try answer.json().member("metadata")?.json.text == #"{"b":1, "a":1.0}"#)
            let stored = try await server.stored(try #require(try answer.json()["id"]))
            #expect(stored.input.text == #"{"n":1e3,"s":"\u00e9"}"#)
        }
    }

    @Test("An ID is taken from the header or the body, and both must agree")
    func ids() async throws {
        try await TestServer.with { server in
            let header = try await server.submit("mail", ["Operation-Id": "by-header"])
            #expect(try header.json()["id"] == "by-header")
            let member = try await server.post("/v1/operations", #"{"type":"mail","id":"by-member"}"#)
            #expect(try member.json()["id"] == "by-member")
            let both = try await server.post("/v1/operations", #"{"type":"mail","id":"same"}"#, ["Operation-Id": "same"])
            #expect(both.status == 202)
            let differ = try await server.post("/v1/operations", #"{"type":"mail","id":"a"}"#, ["Operation-Id": "b"])
            #expect(differ.status == 422)
            #expect(try differ.pointers() == ["/id"])
            let bad = try await server.submit("mail", ["Operation-Id": "-no"])
            #expect(bad.status == 422)
            #expect(try bad.pointers() == ["Operation-Id"])
        }
    }

    @Test("The same ID and request again is the same operation; another request under it is refused")
    func sameID() async throws {
        try await TestServer.with { server in
            let first = try await server.submit("mail", input: "1", ["Operation-Id": "x"])
            let again = try await server.submit("mail", input: "1", ["Operation-Id": "x"])
            #expect(again.status == 202)
            #expect(again.body == first.body)
            let other = try await server.submit("mail", input: "2", ["Operation-Id": "x"])
            #expect(other.status == 422)
            #expect(try other.problem() == "key-reused")
        }
    }

    @Test("An Idempotency-Key stands for one request: replays get its operation, another payload is refused")
    func keys() async throws {
        try await TestServer.with { server in
            let first = try await server.submit("mail", input: "1", ["Idempotency-Key": "\"k\""])
            let again = try await server.submit("mail", input: "1", ["Idempotency-Key": "k"])
            #expect(again.status == 202)
            #expect(again.body == first.body)
            let other = try await server.submit("mail", input: "2", ["Idempotency-Key": "\"k\""])
            #expect(other.status == 422)
            #expect(try other.problem() == "key-reused")
            let otherID = try await server.submit("mail", input: "1", ["Idempotency-Key": "k", "Operation-Id": "another"])
            #expect(otherID.status == 422)
            let bad = try await server.submit("mail", ["Idempotency-Key": "a b"])
            #expect(bad.status == 422)
            #expect(try bad.pointers() == ["Idempotency-Key"])
        }
    }

    @Test("Everything wrong is named at once, with pointers")
    func faults() async throws {
        try await TestServer.with { server in
            let answer = try await server.post(
                "/v1/operations",
                #"{"type":"order","input":{"amount":0},"id":"-","metadata":1,"notBefore":"soon","co/lor":1,"callback":{"url":"x"}}"#
            )
            #expect(answer.status == 422)
            #expect(try answer.problem() == "unprocessable")
            #expect(try answer.pointers() == ["/callback", "/co~1lor", "/id", "/input/amount", "/metadata", "/notBefore"])
            #expect(answer.body.contains("no secret to sign callbacks"))
            let missing = try await server.post("/v1/operations", #"{"type":"order"}"#)
            #expect(try missing.pointers() == ["/input"])
            let array = try await server.post("/v1/operations", "[]")
            #expect(array.status == 422)
        }
    }

    @Test("An unknown type is answered with the known ones")
    func unknownType() async throws {
        try await TestServer.with { server in
            for body in [#"{"type":"nope"}"#, "{}", #"{"type":7}"#] {
                let answer = try await server.post("/v1/operations", body)
                #expect(answer.status == 422)
                #expect(try answer.pointers() == ["/type"])
                #expect(answer.body.contains("mail, order, quick"))
            }
        }
    }

    @Test("notBefore schedules the operation, sync steps and all")
    func notBefore() async throws {
        try await TestServer.with { server in
            let body = #"{"type":"quick","input":{},"id":"later","notBefore":"2999-01-01T00:00:00+01:00"}"#
            let answer = try await server.post("/v1/operations", body)
            #expect(answer.status == 202)
            #expect(try answer.json()["phase"] == "scheduled")
            #expect(try answer.json()["notBefore"] == "2998-12-31T23:00:00.000Z")
            #expect(server.handlers.attempts(of: "later") == 0)
        }
    }

    @Test("A valid traceparent is handed on, another is passed over")
    func traceparent() async throws {
        try await TestServer.with { server in
            let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            _ = try await server.submit("mail", ["Operation-Id": "a", "traceparent": trace])
            _ = try await server.submit("mail", ["Operation-Id": "b", "traceparent": "nonsense"])
            #expect(try await server.stored("a").traceparent == trace)
            #expect(try await server.stored("b").traceparent == nil)
        }
    }
}
