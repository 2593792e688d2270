import StepstreamServer
import Stepstream
import StepstreamTesting
import Testing

@Suite("Sync steps", .timeLimit(.minutes(2)))
struct InlineTests {
    @Test("They run before the answer; what is left goes to its queue")
    func beforeTheAnswer() async throws {
        try await TestServer.with { server in
            let answer = try await server.submit("order", input: #"{"amount":1}"#, ["Operation-Id": "o"])
            #expect(answer.status == 202)
            let json = try answer.json()
            #expect(json["status"] == "Running")
            #expect(try json.step("reserve")["status"] == "Succeeded")
            #expect(try json.step("reserve").member("result")?.member("number")?.int64 == 7)
            #expect(try json.step("charge")["status"] == "Queued")
            #expect(json.member("percentComplete")?.int64 == 50)
        }
    }

    @Test("An operation that ended inline is 202 with its result, and says nothing of asking again")
    func endedInline() async throws {
        try await TestServer.with { server in
            let answer = try await server.submit("quick")
            #expect(answer.status == 202)
            #expect(try answer.json()["status"] == "Succeeded")
            #expect(try answer.json().member("result")?.member("number")?.int64 == 7)
            #expect(answer.headers["retry-after"] == nil)
            #expect(answer.headers["expires"] != nil)
        }
    }

    @Test("What is answered is made without reading back, and is what GET answers then", arguments: ["order", "quick"])
    func sameAsRead(type: String) async throws {
        try await TestServer.with { server in
            let answer = try await server.submit(type, input: #"{"amount":1}"#, ["Operation-Id": "o"])
            #expect(answer.status == 202)
            let read = try await server.get("/v1/operations/o")
            #expect(answer.body == read.body)
            #expect(answer.headers["expires"] == read.headers["expires"])
        }
    }

    @Test("A refusal is answered with the handler's status, and so is its replay; the record says the same")
    func refused() async throws {
        try await TestServer.with { server in
            let input = #"{"amount":1,"act":"refuse"}"#
            let first = try await server.submit("order", input: input, ["Operation-Id": "o"])
            let again = try await server.submit("order", input: input, ["Operation-Id": "o"])
            for answer in [first, again] {
                #expect(answer.status == 409)
                #expect(try answer.problem() == "handler-refused")
                #expect(answer.headers["operation-id"] == "o")
                #expect(answer.headers["location"] == "\(server.url)/v1/operations/o")
                #expect(try answer.json()["detail"] == "None left.")
                #expect(try answer.json()["step"] == "reserve")
            }
            #expect(server.handlers.attempts(of: "o") == 1)
            let read = try await server.get("/v1/operations/o")
            #expect(read.status == 200)
            #expect(try read.json()["status"] == "Failed")
            #expect(try read.json().member("error")?["type"] == "\(server.url)/problems/handler-refused")
        }
    }

    @Test(
        "A broken handler is 502, a cut or late one 504",
        arguments: [("quick", "break", 502), ("quick", "vanish", 504), ("hasty", "hang", 504)]
    )
    func broken(type: String, act: String, status: Int) async throws {
        try await TestServer.with([.quick, .hasty]) { server in
            let answer = try await server.submit(type, input: #"{"act":"\#(act)"}"#, ["Operation-Id": "o"])
            #expect(answer.status == status)
            _ = try answer.problem()
            #expect(answer.headers["operation-id"] == "o")
        }
    }

    @Test("When the budget is spent the answer is given, the step goes on, the next one goes to its queue, and nothing runs twice")
    func budget() async throws {
        try await TestServer.with(configure: { $0.inlineBudget = .milliseconds(50) }) { server in
            let answer = try await server.submit("quick", input: #"{"act":"hang"}"#, ["Operation-Id": "o"])
            #expect(answer.status == 202)
            #expect(try answer.json()["status"] == "Running")
            #expect(try answer.json().step("check")["status"] == "Running")
            #expect(server.handlers.attempts(of: "o") == 1)
            server.handlers.signals.emit("go")
            let stored = try await server.stored("o") { $0.steps["check"]?.status == .succeeded }
            #expect(stored.steps["do"]?.status == .queued)
            #expect(server.handlers.attempts(of: "o") == 1)
            try await server.work(on: .quick, .succeeded(.null))
            try await server.stored("o") { $0.status == .succeeded }
        }
    }

    @Test("respond-async runs nothing here")
    func respondAsync() async throws {
        try await TestServer.with { server in
            let answer = try await server.submit("quick", ["Prefer": "respond-async", "Operation-Id": "o"])
            #expect(answer.status == 202)
            #expect(answer.headers["preference-applied"] == "respond-async")
            #expect(try answer.json().step("check")["status"] == "Queued")
            #expect(server.handlers.attempts(of: "o") == 0)
        }
    }

    @Test("wait waits for the end, async steps too, and says so")
    func wait() async throws {
        try await TestServer.with { server in
            async let answer = server.submit("mail", ["Prefer": "wait=50", "Operation-Id": "o"])
            try await server.work(on: .mail, .succeeded(JSONText(trusted: "\"sent\"")))
            let ended = try await answer
            #expect(ended.status == 202)
            #expect(ended.headers["preference-applied"] == "wait=50")
            #expect(try ended.json()["status"] == "Succeeded")
            #expect(try ended.json()["result"] == "sent")
        }
    }

    @Test("wait is capped, and what it is capped to is said")
    func cappedWait() async throws {
        try await TestServer.with(configure: { $0.longPoll = .seconds(1) }) { server in
            let answer = try await server.submit("mail", ["Prefer": "wait=5000"])
            #expect(answer.status == 202)
            #expect(answer.headers["preference-applied"] == "wait=1")
            #expect(try answer.json()["status"] == "NotStarted")
        }
    }

    @Test("More operations than have a place go to their queues")
    func places() async throws {
        try await TestServer.with(configure: { $0.inlineOperations = 1 }) { server in
            async let first = server.submit("quick", input: #"{"act":"hang"}"#, ["Operation-Id": "a"])
            try await server.handlers.signals.wait(for: "began", of: "a")
            let second = try await server.submit("quick", ["Operation-Id": "b"])
            #expect(try second.json().step("check")["status"] == "Queued")
            server.handlers.signals.emit("go")
            #expect(try await first.json()["status"] == "Succeeded")
            let third = try await server.submit("quick", ["Operation-Id": "c"])
            #expect(try third.json()["status"] == "Succeeded")
        }
    }
}
