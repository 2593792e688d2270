import NIOHTTP1
import Stepstream
import StepstreamServer
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Idempotency keys", .timeLimit(.minutes(1)))
struct IdempotencyTests {
    private static let key = ["Idempotency-Key": "\"k\""]
    private static let fields = [
        "content-type", "cache-control", "location", "operation-location", "operation-id", "etag", "expires", "retry-after",
        "preference-applied",
    ]

    private func expectSame(_ one: Answer, _ other: Answer) {
        #expect(one.status == other.status)
        #expect(one.body == other.body)
        for name in Self.fields { #expect(one.headers[name] == other.headers[name], "\(name)") }
    }

    @Test("A hundred equal submissions at once through two servers make one operation, and then all get the first answer")
    func race() async throws {
        let namespace = RedisServer.freshNamespace()
        try await TestServer.with(namespace: namespace) { one in
            try await TestServer.with(namespace: namespace) { two in
                let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                    for number in 0..<100 {
                        let server = number % 2 == 0 ? one : two
                        group.addTask { try await server.submit("order", input: #"{"amount":1}"#, Self.key) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let accepted = answers.filter { $0.status == 202 }
                #expect(!accepted.isEmpty)
                #expect(Set(accepted.map { $0.headers["operation-id"] }).count == 1)
                for answer in answers where answer.status != 202 {
                    #expect(answer.status == 409)
                    #expect(try answer.problem() == "in-progress")
                    #expect(answer.headers["retry-after"] == "1")
                }
                #expect(try await one.get("/v1/operations").json().member("operations")?.count == 1)
                let id = try #require(accepted.first?.headers["operation-id"])
                #expect(one.handlers.attempts(of: id) + two.handlers.attempts(of: id) == 1)
                let replays = try await [one, two].asyncMap { try await $0.submit("order", input: #"{"amount":1}"#, Self.key) }
                expectSame(replays[0], replays[1])
                #expect(answers.contains { $0.body == replays[0].body && $0.headers["etag"] == replays[0].headers["etag"] })
            }
        }
    }

    @Test("A replay is answered as the first was, though the operation has gone on, ended and been forgotten since")
    func replay() async throws {
        try await TestServer.with { server in
            let first = try await server.submit("mail", input: "1", Self.key.merging(["Prefer": "respond-async"]) { $1 })
            #expect(first.headers["preference-applied"] == "respond-async")
            expectSame(first, try await server.submit("mail", input: "1", Self.key))
            try await server.work(on: .mail, .succeeded(JSONText(trusted: "2")))
            expectSame(first, try await server.submit("mail", input: "1", Self.key))
            let id = try #require(first.headers["operation-id"])
            #expect(try await server.get("/v1/operations/\(id)").json()["status"] == "Succeeded")
            #expect(try await server.send(.DELETE, "/v1/operations/\(id)").status == 204)
            expectSame(first, try await server.submit("mail", input: "1", Self.key))
        }
    }

    @Test("With a key and without one a request has the same fingerprint, which its operation keeps")
    func fingerprint() async throws {
        try await TestServer.with { server in
            let id = ["Operation-Id": "o"]
            #expect(try await server.submit("mail", input: "1", Self.key.merging(id) { $1 }).status == 202)
            let entry = try #require(try DefinitionCatalog([.mail])["mail"])
            let expected = SubmissionRequest(entry, input: JSONText(trusted: "1")).fingerprint
            #expect(try await server.stored("o").fingerprint == expected)
            let unkeyed = try await server.submit("mail", input: "1", id)
            #expect(unkeyed.status == 202)
            #expect(unkeyed.headers["operation-id"] == "o")
            #expect(try await server.submit("mail", input: "2", id).problem() == "key-reused")
        }
    }

    @Test("What was refused does not use a key up")
    func refused() async throws {
        try await TestServer.with { server in
            #expect(try await server.submit("mail", input: "1", ["Operation-Id": "taken"]).status == 202)
            let headers = Self.key.merging(["Operation-Id": "taken"]) { $1 }
            let refused = try await server.submit("mail", input: "2", headers)
            #expect(refused.status == 422)
            #expect(try await server.submit("mail", input: "3", Self.key).status == 202)
        }
    }

    @Test("A request that broke off before it was accepted holds the key for a while; one that broke off after it does not")
    func brokenOff() async throws {
        try await TestServer.with { server in
            let id = try #require(OperationID("bound"))
            let request = #"{"type":"mail","input":1}"#
            let fingerprint = try await server.fingerprint(of: request)
            let reservation = Reservation(tenant: "default", key: "k", id: id, fingerprint: fingerprint, request: "a")
            #expect(try await server.store.reserve(reservation) == .reserved)
            let early = try await server.post("/v1/operations", request, Self.key)
            #expect(early.status == 409)
            // It gets as far as being accepted.
            #expect(try await server.post("/v1/operations", #"{"type":"mail","input":1,"id":"bound"}"#).status == 202)
            let late = try await server.post("/v1/operations", request, Self.key)
            #expect(late.status == 202)
            #expect(late.headers["operation-id"] == "bound")
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}

extension TestServer {
    /// The digest that the server makes of a submission.
    fileprivate func fingerprint(of request: String) async throws -> String {
        let id = try #require(try await post("/v1/operations", request).headers["operation-id"].flatMap(OperationID.init))
        return try #require(try await store.read(id, withEvents: false)).fingerprint
    }
}
