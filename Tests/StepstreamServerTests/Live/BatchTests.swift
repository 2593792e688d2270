import StepstreamServer
import Stepstream
import StepstreamTesting
import Testing

@Suite("POST /v1/operations:batch", .timeLimit(.minutes(2)))
struct BatchTests {
    private let lines = ["Content-Type": "application/x-ndjson"]

    private func items(_ answer: Answer) throws -> [JSONNode] {
        try answer.body.split(separator: "\n").map { try JSONNode.parse(String($0), maximumDepth: 64) }
    }

    @Test("Each line has its own answer, in order; a bad one harms no other")
    func mixed() async throws {
        try await TestServer.with { server in
            let body = """
                {"type":"mail","id":"a","input":1}

                {"type":"mail",
                {"type":"nope"}
                {"type":"order","id":"b","input":{"amount":1,"act":"refuse"}}
                {"type":"mail","id":"a","input":2}
                {"type":"quick","id":"c"}
                """
            // Lines run side by side, so that which of two requests for one ID is the first must be settled before.
            let first = try await server.post("/v1/operations", #"{"type":"mail","id":"a","input":1}"#)
            #expect(first.status == 202)
            let answer = try await server.post("/v1/operations:batch", body, lines)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/x-ndjson")
            let items = try items(answer)
            #expect(items.map { $0.member("status")?.int64 } == [202, 400, 422, 409, 422, 202])
            #expect(items.map { $0.member("index")?.int64 } == [0, 1, 2, 3, 4, 5])
            #expect(items[0].member("operation")?["id"] == "a")
            let token = try #require(items[5]["consistencyToken"])
            let consistency = try await server.get("/v1/consistency/\(token)").json().member("operations")?.elements.first
            #expect(consistency?["operation"] == "c")
            #expect(items[2].member("problem")?.member("errors")?.elements.first?["pointer"] == "/type")
            #expect(items[3].member("problem")?["type"] == "\(server.url)/problems/handler-refused")
            #expect(items[3].member("operation")?["status"] == "Failed")
            #expect(items[4].member("problem")?["type"] == "\(server.url)/problems/key-reused")
            #expect(items[5].member("operation")?["status"] == "Succeeded")
            #expect(try await server.stored("a").input.text == "1")
        }
    }

    @Test("A JSON body is answered with JSON")
    func json() async throws {
        try await TestServer.with { server in
            let answer = try await server.post(
                "/v1/operations:batch",
                #"{"operations":[{"type":"mail","id":"a"},{"type":"x"},{"type":"mail","id":"b"}]}"#,
                ["Prefer": "respond-async"]
            )
            #expect(answer.status == 200)
            #expect(answer.headers["preference-applied"] == "respond-async")
            let items = try #require(try answer.json().member("items")?.elements)
            #expect(items.map { $0.member("status")?.int64 } == [202, 422, 202])
        }
    }

    @Test("Hundreds of lines keep their order")
    func many() async throws {
        try await TestServer.with { server in
            let body = (0..<500).map { #"{"type":"\#($0 % 3 == 0 ? "quick" : "mail")","id":"o-\#($0)"}"# }.joined(separator: "\n")
            let items = try items(try await server.post("/v1/operations:batch", body, lines))
            #expect(items.map { $0.member("operation")?["id"] } == (0..<500).map { "o-\($0)" })
            #expect(try await server.get("/v1/operations?page-size=1000").json().member("operations")?.count == 500)
        }
    }

    @Test(
        "What is wrong with the batch as a whole is its own status",
        arguments: [
            ("[]", "application/json", 422), (#"{"operations":{}}"#, "application/json", 422),
            (#"{"operations":[],"more":1}"#, "application/json", 422), ("{", "application/json", 400), ("a", "text/plain", 415),
        ]
    )
    func whole(body: String, type: String, status: Int) async throws {
        try await TestServer.with { server in
            let answer = try await server.post("/v1/operations:batch", body, ["Content-Type": type])
            #expect(answer.status == status)
            _ = try answer.problem()
        }
    }

    @Test("A header that names one operation is refused, an empty batch is not")
    func headers() async throws {
        try await TestServer.with { server in
            let keyed = try await server.post("/v1/operations:batch", #"{"type":"mail"}"#, lines.merging(["Idempotency-Key": "k"]) { $1 })
            #expect(keyed.status == 422)
            #expect(try keyed.pointers() == ["Idempotency-Key"])
            let empty = try await server.post("/v1/operations:batch", "\n \n", lines)
            #expect(empty.status == 200)
            #expect(empty.body.isEmpty)
        }
    }

    @Test("A line that is too large is 413, a batch that is too large as well")
    func large() async throws {
        try await TestServer.with(configure: {
            $0.bodyLimit = 200
            $0.batchLimit = 1000
        }) { server in
            let long = #"{"type":"mail","input":"\#(String(repeating: "x", count: 300))"}"#
            let items = try items(try await server.post("/v1/operations:batch", long + "\n" + #"{"type":"mail"}"#, lines))
            #expect(items.map { $0.member("status")?.int64 } == [413, 202])
            let all = try await server.post("/v1/operations:batch", Array(repeating: long, count: 4).joined(separator: "\n"), lines)
            #expect(all.status == 413)
            #expect(try all.problem() == "too-large")
        }
    }

    @Test("A batch that breaks off is not taken for a whole one")
    func brokenOff() async throws {
        try await TestServer.with { server in
            let head = "POST /v1/operations:batch HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-ndjson\r\n"
            let line = #"{"type":"mail","id":"early"}"# + "\n"
            let counted = try await RawConnection.exchange(server.port, [head + "Content-Length: 500\r\n\r\n" + line], closesOutput: true)
            let chunked = try await RawConnection.exchange(
                server.port,
                [head + "Transfer-Encoding: chunked\r\n\r\n" + String(line.utf8.count, radix: 16) + "\r\n" + line + "\r\n"],
                closesOutput: true
            )
            for answer in [counted, chunked] { #expect(!answer.contains("202")) }
            #expect(try await server.get("/v1/operations/early").status == 404)
        }
    }
}
