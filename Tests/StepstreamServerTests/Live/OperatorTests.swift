import NIOHTTP1
import Stepstream
import StepstreamServer
import StepstreamTesting
import Testing

@Suite("What operators do over HTTP", .timeLimit(.minutes(2)))
struct OperatorTests {
    private func held(_ server: TestServer, _ id: String) async throws {
        _ = try await server.submit("payment", ["Operation-Id": id])
        try await server.work(on: .payment, .unknown(Problem(type: "/problems/handler-cut", title: "Cut")))
    }

    @Test("A held step is listed, retried, skipped with a result; who and why stand in the history")
    func acts() async throws {
        try await TestServer.with([.payment]) { server in
            try await held(server, "o")
            let read = try await server.get("/v1/operations/o")
            #expect(try read.json()["phase"] == "waiting")
            #expect(try read.json().step("pay")["status"] == "Held")
            let listed = try await server.get("/v1/operations?attention=true")
            #expect(try listed.json().member("operations")?.elements.compactMap { $0["id"] } == ["o"])

            let retried = try await server.send(.POST, "/v1/operations/o:retry")
            #expect(retried.status == 202)
            #expect(try retried.json()["phase"] == "queued")
            #expect(retried.headers["location"] == "\(server.url)/v1/operations/o")
            #expect(try await server.get("/v1/operations?attention=true").json().member("operations")?.count == 0)
            try await server.work(on: .payment, .unknown(Problem(type: "/problems/handler-cut", title: "Cut")))

            let skipped = try await server.post(
                "/v1/operations/o:skip",
                #"{"by": "ann", "reason": "The bank \"says\" so", "result": { "paid": true }}"#
            )
            #expect(skipped.status == 202)
            #expect(try skipped.json()["status"] == "Succeeded")
            #expect(try skipped.json().member("result")?.json.text == #"{"paid":true}"#)
            let acted = try await server.stored("o").events.filter { $0.kind == .commanded }.map(\.data.text)
            #expect(
                acted == [
                    #"{"command":"retry","step":"pay","direction":"forward"}"#,
                    #"{"command":"skip","step":"pay","direction":"forward","by":"ann","reason":"The bank \"says\" so"}"#,
                ]
            )
        }
    }

    @Test("Giving a held step up fails the operation with the step's problem")
    func undo() async throws {
        try await TestServer.with([.payment]) { server in
            try await held(server, "o")
            let given = try await server.post("/v1/operations/o:undo", "{}")
            #expect(given.status == 202)
            #expect(try given.json()["status"] == "Failed")
            #expect(try given.json().member("error")?["type"] == "\(server.url)/problems/handler-cut")
            #expect(try given.json().member("error")?["step"] == "pay")
        }
    }

    @Test("What is not possible is 409, and says what is")
    func refused() async throws {
        try await TestServer.with([.payment]) { server in
            _ = try await server.submit("payment", ["Operation-Id": "o"])
            for act in ["retry", "skip", "undo"] {
                let early = try await server.send(.POST, "/v1/operations/o:\(act)")
                #expect(early.status == 409)
                #expect(try early.problem() == "conflict")
                #expect(try early.json()["detail"]?.contains("phase queued") == true)
                #expect(try early.json()["detail"]?.contains("cancel") == true)
            }
            let tag = try await server.get("/v1/operations/o").headers["etag"]
            try await server.work(on: .payment, .succeeded(.null))
            for act in ["retry", "skip", "undo"] {
                let late = try await server.send(.POST, "/v1/operations/o:\(act)")
                #expect(late.status == 409)
                #expect(try late.json()["detail"]?.contains("ended as Succeeded") == true)
                #expect(try late.json()["detail"]?.contains("Submit a new operation") == true)
            }
            #expect(try await server.get("/v1/operations/o").headers["etag"] != tag)
            #expect(try await server.send(.POST, "/v1/operations/none:retry").status == 404)
        }
    }

    @Test("Bodies are checked, every fault at once")
    func bodies() async throws {
        try await TestServer.with([.payment]) { server in
            try await held(server, "o")
            let long = String(repeating: "x", count: OperatorNote.reasonLimit + 1)
            let faulty = try await server.post("/v1/operations/o:retry", #"{"by": 7, "reason": "\#(long)", "result": 1}"#)
            #expect(faulty.status == 422)
            #expect(try faulty.pointers() == ["/by", "/reason", "/result"])
            #expect(try await server.post("/v1/operations/o:skip", "[]").status == 422)
            #expect(try await server.post("/v1/operations/o:skip", "{").status == 400)
            #expect(try await server.stored("o").phase == .waiting)
            let longest = String(long.dropLast())
            #expect(try await server.post("/v1/operations/o:undo", #"{"by": null, "reason": "\#(longest)"}"#).status == 202)
        }
    }

    @Test("Of many operators at once one is heard, the others are told")
    func race() async throws {
        try await TestServer.with([.payment]) { server in
            try await held(server, "o")
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for act in ["retry", "skip", "undo", "skip", "undo"] {
                    group.addTask { try await server.send(.POST, "/v1/operations/o:\(act)").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.sorted() == [202, 409, 409, 409, 409])
            #expect(try await server.stored("o").events.count { $0.kind == .commanded } == 1)
        }
    }
}
