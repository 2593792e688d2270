import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("Read your writes", .timeLimit(.minutes(2)))
struct ConsistencyTests {
    private static let body = #"{"type":"mail","resources":["order/42"]}"#

    @Test("A resource tells what is pending on it, and waits until nothing is")
    func resource() async throws {
        try await TestServer.with { server in
            let fresh = try await server.get("/v1/resources/order/42").json()
            #expect(fresh.member("consistent")?.bool == true)
            #expect(fresh.member("lastEnded")?.isNull == true)
            let document = try await server.post("/v1/operations", Self.body).json()
            let id = try #require(document["id"])
            #expect(document.member("resources")?.elements.compactMap(\.string) == ["order/42"])
            for path in ["/v1/resources/order/42", "/v1/resources/order%2F42", "/v1/resources/order/42?wait=0"] {
                let state = try await server.get(path).json()
                #expect(state["resource"] == "order/42")
                #expect(state.member("consistent")?.bool == false)
                #expect(state.member("pendingCount")?.int64 == 1)
                let pending = state.member("pending")?.elements.first
                #expect(pending?["operation"] == id)
                #expect(pending?["type"] == "mail")
                #expect(Timestamp.isTime(pending?["since"]))
            }
            async let waiting = server.get("/v1/resources/order/42?wait=60")
            try await server.work(on: .mail, .succeeded(.null))
            let state = try await waiting.json()
            #expect(state.member("consistent")?.bool == true)
            #expect(state.member("lastEnded")?["operation"] == id)
            #expect(state.member("lastEnded")?["status"] == "Succeeded")
        }
    }

    @Test("A submission's token tells whether that write is through; what is no token is 400")
    func token() async throws {
        try await TestServer.with { server in
            let answer = try await server.post("/v1/operations", Self.body, ["Idempotency-Key": "k"])
            let token = try #require(answer.headers["stepstream-consistency-token"])
            #expect(
                try await server.post("/v1/operations", Self.body, ["Idempotency-Key": "k"]).headers["stepstream-consistency-token"]
                    == token
            )
            var state = try await server.get("/v1/consistency/\(token)").json()
            #expect(state.member("consistent")?.bool == false)
            #expect(state["status"] == "NotStarted")
            async let waiting = server.get("/v1/consistency/\(token)?wait=60")
            try await server.work(on: .mail, .succeeded(.null))
            state = try await waiting.json()
            #expect(state.member("consistent")?.bool == true)
            #expect(state["status"] == "Succeeded")

            for index in token.indices {
                var other = token
                other.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
                #expect(try await server.get("/v1/consistency/\(other)").status == 400, "\(other)")
            }
            for text in ["x", token + "A", String(token.dropLast()), String(repeating: "A", count: 5000)] {
                #expect(try await server.get("/v1/consistency/\(text)").status == 400)
            }
            let unknown = ConsistencyToken([OperationID.fresh()]).text
            #expect(try await server.get("/v1/consistency/\(unknown)").status == 404)
        }
    }

    @Test("Keys that cannot be are refused with a pointer")
    func refused() async throws {
        try await TestServer.with { server in
            let long = String(repeating: "x", count: 257)
            let cases: [(String, [String])] = [
                (#""order""#, ["/resources"]), (#"["a","a"]"#, ["/resources"]), (#"["a","",1]"#, ["/resources/1", "/resources/2"]),
                (#"["\#(long)"]"#, ["/resources/0"]), (#"["a\u0007"]"#, ["/resources/0"]),
                ("[" + (0..<17).map { "\"\($0)\"" }.joined(separator: ",") + "]", ["/resources"]),
            ]
            for (resources, pointers) in cases {
                let answer = try await server.post("/v1/operations", #"{"type":"mail","resources":\#(resources)}"#)
                #expect(answer.status == 422)
                #expect(try answer.pointers() == pointers, "\(resources)")
            }
            let raw = try await RawConnection.exchange(
                server.port,
                ["GET /v1/resources/%FF HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"]
            )
            #expect(raw.hasPrefix("HTTP/1.1 400 "), "\(raw)")
            #expect(try await server.get("/v1/resources/%07").status == 422)
            #expect(try await server.get("/v1/resources/").status == 404)
            #expect(try await server.post("/v1/resources/a", "{}").status == 405)
        }
    }
}
