import ChildProcesses
import Foundation
import Stepstream
import StepstreamTesting
import Testing

@Suite("Operators at the command line", .serialized, .timeLimit(.minutes(2)))
struct OperatorTests {
    @Test("A step nobody knows the outcome of is held, listed, and skipped by name; the operation goes on")
    func skip() async throws {
        try await Installation.with(definitions: ["payment": Sample.payment]) { installation in
            installation.handlers.plan("/pay", .cut)
            let api = try await installation.serve()
            let url = ["URL": api.url]
            _ = try await installation.work()
            let id = try await api.submit("payment")
            let held = try await api.operation(id) { $0["phase"] == "waiting" }
            #expect(try held.step("pay")["status"] == "Held")
            let listed = try await installation.run("list", "--attention", settings: url)
            #expect(listed.output.contains(id))

            let wrong = try await installation.run("skip", id, "--result", "{", settings: url)
            #expect(wrong.end != .exited(0))
            #expect(wrong.errors.contains("not JSON"))
            let skipped = try await installation.run(
                "skip",
                id,
                "--by",
                "ann",
                "--reason",
                "The bank says it was paid.",
                "--result",
                #"{"paid":true}"#,
                settings: url
            )
            #expect(skipped.end == .exited(0), "\(skipped.errors)")
            let ended = try await api.end(of: id)
            #expect(ended["status"] == "Succeeded")
            #expect(try ended.step("pay").member("result")?.json.text == #"{"paid":true}"#)
            #expect(try installation.handlers.calls("/send").first?.json().member("results")?.member("pay")?.json.text == #"{"paid":true}"#)
            #expect(installation.handlers.calls("/pay").count == 1)
            #expect(try await installation.run("list", "--attention", settings: url).output == "No operations.\n")

            let late = try await installation.run("retry", id, settings: url)
            #expect(late.end != .exited(0))
            #expect(late.errors.contains("409"))
            #expect(late.errors.contains("Submit a new operation"))
        }
    }

    @Test("An undo that failed for good is retried by name, under the same key")
    func retryUndo() async throws {
        try await Installation.with(definitions: ["payment": Sample.payment]) { installation in
            installation.handlers.plan("/send", .answer(400))
            installation.handlers.plan("/refund", .answer(400), .answer())
            let api = try await installation.serve()
            _ = try await installation.work()
            let id = try await api.submit("payment")
            let stuck = try await api.operation(id) { $0["phase"] == "undo-failed" }
            #expect(stuck["status"] == "Running")
            let retried = try await installation.run("retry", id, settings: ["URL": api.url])
            #expect(retried.end == .exited(0), "\(retried.errors)")
            let ended = try await api.end(of: id)
            #expect(ended["phase"] == "undone")
            #expect(ended.member("error")?.member("undo")?.member("undone")?.elements.compactMap(\.string) == ["pay"])
            let refunds = installation.handlers.calls("/refund")
            #expect(refunds.map(\.key) == ["\"\(id)/pay/undo\"", "\"\(id)/pay/undo\""])
            #expect(refunds[0].epoch ?? 0 < refunds[1].epoch ?? 0)
        }
    }

    @Test("A probe over HTTP is asked under the step's key before anything is done again")
    func probe() async throws {
        try await Installation.with(definitions: ["probed": Sample.probed]) { installation in
            installation.handlers.plan("/pay", .cut, .answer(body: #"{"second":true}"#))
            installation.handlers.plan("/ask", .answer(body: #"{"outcome":"unknown"}"#), .answer(404))
            let api = try await installation.serve()
            _ = try await installation.work()
            let ended = try await api.end(of: try await api.submit("probed"))
            #expect(ended.member("result")?.json.text == #"{"second":true}"#)
            #expect(try ended.step("pay").member("attempts")?.int64 == 3)
            let (paid, asked) = (installation.handlers.calls("/pay"), installation.handlers.calls("/ask"))
            #expect(paid.count == 2)
            #expect(asked.count == 2)
            #expect(Set((paid + asked).map(\.key)).count == 1)
            #expect(paid[1].epoch == asked[1].epoch)
            #expect(try asked[0].json()["action"] == "probe")
        }
    }
}
