import Foundation
import Stepstream
import StepstreamTesting
import Testing

@Suite("Handlers that misbehave, and others", .serialized, .timeLimit(.minutes(2)))
struct HandlerTests {
    /// Runs one operation whose step is answered as planned, to its end.
    private func end(
        of plan: [HandlerService.Reply],
        _ body: (JSONNode, [HandlerService.Call]) throws -> Void
    ) async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            installation.handlers.plan("/work", plan)
            let api = try await installation.serve()
            _ = try await installation.work()
            let ended = try await api.end(of: try await api.submit("work"))
            let calls = installation.handlers.calls("/work")
            #expect(Set(calls.map(\.key)).count == 1)
            try body(ended, calls)
        }
    }

    @Test(
        "What leaves the outcome unknown is tried again under the same key",
        arguments: [
            ("handler-answer", HandlerService.Reply.answer(body: "not JSON")),
            ("handler-cut", .raw("garbage\u{0}\r\n\r\n")),
            ("handler-cut", .cut),
            ("handler-cut", .raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"cut\":")),
        ]
    )
    func unknown(problem: String, reply: HandlerService.Reply) async throws {
        try await end(of: [reply, .answer(body: #"{"done":true}"#)]) { (ended, calls) throws in
            #expect(ended["status"] == "Succeeded")
            #expect(try ended.step("work").member("attempts")?.int64 == 2)
            #expect(calls.map(\.attempt) == [1, 2])
        }
        try await end(of: [reply]) { (ended, calls) throws in
            #expect(ended["status"] == "Failed")
            #expect(ended.member("error")?["type"]?.hasSuffix("/problems/\(problem)") == true, "\(ended.json.text)")
            #expect(calls.count == 4)
        }
    }

    @Test("A service that hangs is left after the step's time limit; the outcome is unknown, so it is asked again under the same key")
    func hanging() async throws {
        func definition(_ type: String, timeout: String, attempts: Int) -> String {
            """
            type: \(type)
            steps:
              - name: work
                timeout: \(timeout)
                handler: { http: { url: "HANDLERS/\(type)" } }
                retry: { attempts: \(attempts), firstDelay: 10ms, maxDelay: 50ms }
            """
        }
        let definitions = [
            "once": definition("once", timeout: "300ms", attempts: 1), "again": definition("again", timeout: "2s", attempts: 10),
        ]
        try await Installation.with(definitions: definitions) { installation in
            let handlers = installation.handlers
            handlers.plan("/once", .held())
            handlers.plan("/again", .held(), .answer(body: #"{"done":true}"#))
            let api = try await installation.serve()
            _ = try await installation.work()
            let once = try await api.end(of: try await api.submit("once"))
            #expect(once["status"] == "Failed")
            #expect(once.member("error")?["type"]?.hasSuffix("/problems/step-timeout") == true, "\(once.json.text)")
            #expect(once.member("error")?.member("status")?.int64 == 504)

            let again = try await api.end(of: try await api.submit("again"))
            #expect(again["status"] == "Succeeded")
            let calls = handlers.calls("/again")
            #expect(calls.map(\.attempt).prefix(2) == [1, 2])
            #expect(Set(calls.map(\.key)).count == 1)
        }
    }

    @Test("A refusal is final, and its problem is kept")
    func refused() async throws {
        let problem = #"{"type":"https://example.com/sold-out","title":"Sold out","sku":"a-1"}"#
        try await end(of: [.answer(422, headers: [("content-type", "application/problem+json")], body: problem)]) { (ended, calls) throws in
            #expect(ended["status"] == "Failed")
            #expect(calls.count == 1)
            let error = try #require(ended.member("error"))
            #expect(error["step"] == "work")
            #expect(error.json.text.contains(problem))
        }
    }

    @Test("503 with Retry-After is tried again, not before that time")
    func retryAfter() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let handlers = installation.handlers
            handlers.plan("/work", .answer(503, headers: [("retry-after", "1")]), .answer())
            let api = try await installation.serve()
            _ = try await installation.work()
            let id = try await api.submit("work")
            let waiting = try await api.operation(id) { try $0.step("work")["status"] == "Retrying" }
            #expect(waiting["phase"] == "retrying")
            #expect(try waiting.step("work").member("error")?.member("status")?.int64 == 503)
            let ended = try await api.end(of: id)
            #expect(ended["status"] == "Succeeded")
            // The policy alone would wait 50 ms at most. Both times are Redis's.
            let again = try time(ended.step("work")["startedAt"])
            #expect(try again.timeIntervalSince(time(waiting["updatedAt"])) >= 1)
            #expect(handlers.calls("/work").count == 2)
        }
    }

    private func time(_ text: String?) throws -> Date {
        try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(#require(text))
    }

    @Test("A service that is not there is tried again, and nothing counts as done")
    func unreachable() async throws {
        let definition = """
            type: work
            steps:
              - name: work
                handler: { http: { url: "http://127.0.0.1:1/" } }
                retry: { attempts: 2, firstDelay: 10ms }
            """
        try await Installation.with(definitions: ["work": definition]) { installation in
            let api = try await installation.serve()
            let worker = try await installation.work()
            let ended = try await api.end(of: try await api.submit("work"))
            #expect(ended["status"] == "Failed")
            #expect(ended.member("error")?["type"]?.hasSuffix("/problems/handler-unreachable") == true, "\(ended.json.text)")
            #expect(ended.member("error")?.member("attempts")?.int64 == 2)
            // Consumers are told no address, operators are.
            #expect(!ended.json.text.contains("127.0.0.1:1/"))
            try await worker.line(with: "A call of a handler failed")
        }
    }

    @Test("A program gets its step on standard input and in its environment, and nothing of the worker's; its output is the result")
    func exec() async throws {
        let definition = """
            type: program
            steps:
              - name: run
                handler: { exec: { command: ["/bin/sh", "-c", "read -r line; printf '{\\"input\\":%s,\\"key\\":\\"%s\\",\\"namespace\\":\\"%s\\"}' \\"$line\\" \\"$STEPSTREAM_IDEMPOTENCY_KEY\\" \\"$STEPSTREAM_STORE_NAMESPACE\\""] } }
              - name: fail
                handler: { exec: { command: ["/bin/sh", "-c", "cat > /dev/null; echo no luck >&2; exit 3"] } }
                retry: { attempts: 2, firstDelay: 10ms }
            """
        try await Installation.with(definitions: ["program": definition]) { installation in
            let api = try await installation.serve()
            _ = try await installation.work()
            let id = try await api.submit("program", input: #"{"n":5}"#)
            let ended = try await api.end(of: id)
            #expect(ended["status"] == "Failed")
            let result = try #require(try ended.step("run").member("result"))
            #expect(result.member("input")?.member("input")?.member("n")?.int64 == 5)
            #expect(result["key"] == "\(id)/run")
            #expect(result["namespace"] == "")
            #expect(ended.member("error")?["step"] == "fail")
            #expect(ended.member("error")?["detail"]?.contains("no luck") == true)
            #expect(try ended.step("fail").member("attempts")?.int64 == 1)
        }
    }

    @Test("A step whose handler no worker has is put back without an attempt, and both the log and the status say so")
    func missingHandler() async throws {
        let definition = """
            type: native
            steps:
              - name: native
                handler: { swift: not-registered }
            """
        try await Installation.with(definitions: ["native": definition, "work": Sample.work]) { installation in
            let api = try await installation.serve()
            let worker = try await installation.work()
            let id = try await api.submit("native")
            let line = try await worker.line(with: "cannot run a step")
            #expect(line.contains("not-registered"))
            // The problem is noted without an event, as nothing happened to the operation.
            let noted = try await api.patiently {
                try await $0.get("/v1/operations/\(id)")
            } until: {
                try $0.json().step("native").member("error") != nil
            }
            let operation = try noted.json()
            #expect(["NotStarted", "Running"].contains(operation["status"]))
            // It stands in nobody's way.
            #expect(try await api.end(of: try await api.submit("work"))["status"] == "Succeeded")
            let step = try operation.step("native")
            #expect(step.member("attempts")?.int64 == 0)
            #expect(step.member("error")?["type"]?.hasSuffix("/problems/no-handler") == true)
            #expect(step.member("error")?["detail"]?.contains("not-registered") == true)
        }
    }
}
