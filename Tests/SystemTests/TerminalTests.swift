import ChildProcesses
import Foundation
import Stepstream
import StepstreamTesting
import Testing

@Suite("What a terminal shows", .serialized, .timeLimit(.minutes(2)))
struct TerminalTests {
    @Test("top prints queues and counts once where there is no terminal; explain says what an operation waits for, and that it ended")
    func shows() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let api = try await installation.serve()
            let url = ["URL": api.url]
            _ = try await installation.run("submit", "work", "--id", "top-1", settings: url)
            let waiting = try await installation.run("explain", "top-1", settings: url)
            #expect(waiting.end == .exited(0), "\(waiting.errors)")
            #expect(waiting.output.contains("waits for a worker"))
            _ = try await installation.work()
            _ = try await installation.run("watch", "top-1", settings: url)
            let ended = try await installation.run("explain", "top-1", settings: url)
            #expect(ended.output.contains("Nothing more will happen"))
            // Each process tells what it counted once a second.
            _ = try await api.patiently {
                try await $0.get("/v1/counts")
            } until: {
                try ($0.json().member("minutes")?.elements ?? []).contains { $0.member("succeeded")?.int64 == 1 }
            }
            _ = try await api.patiently {
                try await $0.get("/topology")
            } until: {
                try ($0.json().member("processes")?.elements ?? []).contains { $0.member("consumer")?.string != nil }
            }
            let top = try await installation.run("top", settings: url)
            #expect(top.end == .exited(0), "\(top.errors)")
            #expect(top.output.contains("default"))
            #expect(top.output.contains(#/succeeded +1 /#))
            #expect(top.output.contains(#/\nworker +claimed +version +queues\n\S+ on \S+ +0 /#), "\(top.output)")
            #expect(!top.output.contains("\u{1B}"))
        }
    }

    @Test("the completions are what the shells read")
    func completions() async throws {
        try await Installation.with { installation in
            let completions = try await installation.shell("stepstream --generate-completion-script bash | bash -n")
            #expect(completions.end == .exited(0), "\(completions.errors)")
        }
    }

    @Test("dead retry and dead skip act on all that need a person, and say what came of each")
    func acts() async throws {
        let definition = """
            type: held
            steps:
              - name: reserve
                handler: { http: { url: "HANDLERS/reserve" } }
                undo: { handler: { http: { url: "HANDLERS/undo" } }, retry: { attempts: 1 } }
              - name: charge
                handler: { http: { url: "HANDLERS/charge" } }
                onUnknown: hold
                timeout: 300ms
            """
        try await Installation.with(definitions: ["held": definition]) { installation in
            installation.handlers.plan("/charge", .held(), .held(), .answer(200), .answer(200))
            let api = try await installation.serve()
            _ = try await installation.work()
            var ids: [String] = []
            for _ in 0..<2 {
                let id = try await api.submit("held")
                _ = try await api.operation(id) { $0["phase"] == "waiting" }
                ids.append(id)
            }
            let explained = try await installation.run("explain", ids[0], settings: ["URL": api.url])
            #expect(explained.output.contains("Step charge is held") && explained.output.contains("stepstream retry \(ids[0])"))
            let listed = try await installation.run("dead", "list", settings: ["URL": api.url])
            for id in ids { #expect(listed.output.contains(id)) }
            let retried = try await installation.run("dead", "retry", "--limit", "1", settings: ["URL": api.url])
            #expect(retried.end == .exited(0) && retried.output.contains("done"), "\(retried.errors)")
            let skipped = try await installation.run("dead", "skip", "--reason", "seen at the bank", settings: ["URL": api.url])
            #expect(skipped.end == .exited(0), "\(skipped.errors)")
            for id in ids { _ = try await api.operation(id) { $0["status"] == "Succeeded" } }

            installation.handlers.plan("/charge", .held())
            let given = try await api.submit("held")
            _ = try await api.operation(given) { $0["phase"] == "waiting" }
            let undone = try await installation.run(
                "dead",
                "undo",
                "--by",
                "night-shift",
                "--reason",
                "not paid",
                settings: ["URL": api.url]
            )
            #expect(undone.end == .exited(0) && undone.output.contains("\(given)  done"), "\(undone.errors)")
            _ = try await api.operation(given) { $0["status"] == "Failed" }
            // The stream of one that has ended is its history, and ends.
            let history = try await api.get("/v1/operations/\(given)/events?last-event-id=0")
            #expect(history.body.contains("\"by\":\"night-shift\",\"reason\":\"not paid\""), "\(history.body)")

            installation.handlers.plan("/charge", .answer(422))
            installation.handlers.plan("/undo", .answer(422))
            let stuck = try await api.submit("held")
            _ = try await api.operation(stuck) { $0["phase"] == "undo-failed" }
            let why = try await installation.run("explain", stuck, settings: ["URL": api.url])
            #expect(why.output.contains("The undo of step reserve failed for good"), "\(why.output)")
            #expect(why.output.contains("stepstream skip \(stuck)"))
            let skippedUndo = try await installation.run("dead", "skip", settings: ["URL": api.url])
            #expect(skippedUndo.end == .exited(0), "\(skippedUndo.errors)")
            _ = try await api.operation(stuck) { $0["status"] == "Failed" }
            // It stays on the list, and is passed over.
            let again = try await installation.run("dead", "retry", settings: ["URL": api.url])
            #expect(again.end == .exited(0) && again.output.isEmpty, "\(again.errors)\(again.output)")
        }
    }

    @Test(
        "top draws on the terminal's other screen, as wide as it is, without colors if none are expected, and leaves it when interrupted",
        arguments: [(40, false), (80, true), (200, true)]
    )
    func screen(columns: Int, isColored: Bool) async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let api = try await installation.serve()
            _ = try await installation.work()
            _ = try await api.patiently {
                try await $0.get("/topology")
            } until: {
                try ($0.json().member("processes")?.elements ?? []).contains { $0.member("consumer")?.string != nil }
            }
            let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path
            let client = "'\(root)/.build/clients/bin/python3' '\(root)/Tests/Clients/terminal.py' \(columns) undelivered stepstream top"
            let colors = isColored ? "" : "NO_COLOR=1 "
            let run = try await installation.shell("\(colors)STEPSTREAM_URL='\(api.url)' exec env \(client)")
            #expect(run.end == .exited(0), "\(run.errors)")
            let seen = try JSONNode.parse(run.output)
            let text = seen["text"] ?? ""
            for sign in ["entered", "left", "cursor"] { #expect(seen.member(sign)?.bool == true, "\(sign): \(run.output)") }
            #expect(seen.member("colored")?.bool == isColored)
            #expect((20...columns).contains(Int(seen.member("widest")?.int64 ?? 0)))
            #expect(seen.member("status")?.int64 == 0, "\(run.output)")
            for word in ["ready", "queue", "default", "worker", "last 15 minutes"] { #expect(text.contains(word), "\(text)") }
        }
    }

    @Test("explain names the holder of a lease and its end, the time of the next attempt, and the end of the total time")
    func outlook() async throws {
        let definition = """
            type: slow
            deadline: 1h
            steps:
              - name: reserve
                handler: { http: { url: "HANDLERS/reserve" } }
                retry: { attempts: 3, firstDelay: 60s, maxDelay: 60s, jitter: none }
              - name: ship
                handler: { http: { url: "HANDLERS/ship" } }
            """
        try await Installation.with(definitions: ["slow": definition]) { installation in
            installation.handlers.plan("/reserve", .held(), .answer(503))
            let api = try await installation.serve()
            _ = try await installation.work()
            let url = ["URL": api.url]
            let id = try await api.submit("slow")
            _ = try await api.operation(id) { try $0.step("reserve")["status"] == "Running" }
            let running = try await installation.run("explain", id, settings: url)
            #expect(running.output.contains(#/holds its lease until \d{4}-/#), "\(running.output)\(running.errors)")
            #expect(running.output.contains("After that: ship."))
            #expect(running.output.contains(#/If it has not ended by \d{4}-\S+, it is rolled back\./#))
            let document = try await api.get("/v1/operations/\(id)/explain").json()
            let open = try #require(document.member("open")?.elements)
            #expect(open.map { $0.member("step")?.string } == ["reserve", "ship"])
            #expect(open[0].member("heldBy")?.string?.isEmpty == false)
            #expect(open[1].member("heldBy") == nil && open[1].member("status")?.string == "Waiting")

            let other = try await api.submit("slow")
            _ = try await api.operation(other) { try $0.step("reserve")["status"] == "Retrying" }
            let retrying = try await installation.run("explain", other, settings: url)
            #expect(retrying.output.contains(#/It is due at \d{4}-/#), "\(retrying.output)")
        }
    }

    @Test("dead without anything that needs a person says so")
    func dead() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let api = try await installation.serve()
            let none = try await installation.run("dead", settings: ["URL": api.url])
            #expect(none.end == .exited(0), "\(none.errors)")
            #expect(none.output == "No operation needs attention.\n")
            let retried = try await installation.run("dead", "retry", settings: ["URL": api.url])
            #expect(retried.end == .exited(0))
        }
    }
}
