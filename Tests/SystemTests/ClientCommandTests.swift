import ChildProcesses
import Glibc
import Stepstream
import StepstreamTesting
import Testing

@Suite("Client commands", .serialized, .timeLimit(.minutes(2)))
struct ClientCommandTests {
    @Test("queues: shown, paused and resumed by name")
    func queues() async throws {
        try await Installation.with(definitions: ["order": Sample.order, "work": Sample.work]) { installation in
            let api = try await installation.serve()
            let url = ["URL": api.url]
            let worker = try await installation.work()
            let paused = try await installation.run("queues", "pause", "default", settings: url)
            #expect(paused.end == .exited(0), "\(paused.errors)")
            #expect(paused.output.hasPrefix("default  paused  0 waiting, 0 in flight"))
            let shown = try await installation.run("queues", settings: url)
            #expect(shown.output.contains("default  paused"))
            _ = try await installation.run("submit", "work", "--id", "late", settings: url)
            // What the queues are like is read once a second.
            _ = try await api.patiently {
                try await $0.get("/readyz")
            } until: {
                try ($0.json().member("queues")?.elements ?? []).contains { $0.member("paused")?.bool == true }
            }
            let explained = try await installation.run("explain", "late", settings: url)
            #expect(explained.output.contains("It is paused"), "\(explained.output)")
            let resumed = try await installation.run("queues", "resume", "default", "--json", settings: url)
            #expect(try JSONNode.parse(resumed.output).member("paused")?.bool == false)
            let unknown = try await installation.run("queues", "pause", "none", settings: url)
            #expect(unknown.end != .exited(0))
            #expect(unknown.errors.contains("404"))
            try await worker.killAll()
        }
    }

    @Test("submit, status, list, watch: the way of an operation for a person and for a program")
    func succeeds() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let api = try await installation.serve()
            let url = ["URL": api.url]
            let submitted = try await installation.run("submit", "order", "-", "--id", "cli-1", settings: url, input: #"{"amount":1}"#)
            #expect(submitted.end == .exited(0))
            #expect(submitted.output == "cli-1\n")

            let status = try await installation.run("status", "cli-1", settings: url)
            #expect(status.end == .exited(0))
            #expect(status.output.contains("order cli-1"))
            #expect(status.output.contains("reserve"))
            let json = try await installation.run("status", "cli-1", "--json", settings: url)
            #expect(try JSONNode.parse(json.output)["id"] == "cli-1")

            let watching = try installation.start(["watch", "cli-1"], settings: url)
            _ = try await installation.work()
            let watched = try await watching.finished()
            #expect(watched.end == .exited(0))
            #expect(watched.output.contains("Succeeded (done)"))

            let list = try await installation.run("list", "--type", "order", settings: url)
            #expect(list.end == .exited(0))
            #expect(list.output.contains("cli-1"))
            #expect(list.output.contains("Succeeded"))
            let none = try await installation.run("list", "--status", "Failed", settings: url)
            #expect(none.output == "No operations.\n")
            let listed = try await installation.run("list", "--json", settings: url)
            #expect(try JSONNode.parse(listed.output).member("operations")?.count == 1)
        }
    }

    @Test("watch ends with 1 when the operation failed, submit --wait prints the end")
    func fails() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            installation.handlers.plan("/work", .answer(400, body: #"{"title":"Never"}"#))
            let api = try await installation.serve()
            _ = try await installation.work()
            let submitted = try await installation.run("submit", "work", "--id", "cli-2", "--wait", "30", settings: ["URL": api.url])
            #expect(submitted.end == .exited(0))
            #expect(submitted.output.contains("Failed"))
            let watched = try await installation.run("watch", "cli-2", settings: ["URL": api.url])
            #expect(watched.end == .exited(1))
            #expect(watched.output.contains("failed:"))
        }
    }

    @Test("cancel stops what waits; watch then ends with 3")
    func cancels() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let api = try await installation.serve()
            let url = ["URL": api.url]
            _ = try await installation.run("submit", "work", "--id", "cli-3", settings: url)
            let canceled = try await installation.run("cancel", "cli-3", settings: url)
            #expect(canceled.end == .exited(0))
            #expect(canceled.output.contains("Canceled"))
            let watched = try await installation.run("watch", "cli-3", settings: url)
            #expect(watched.end == .exited(3))
            // A worker that comes later finds nothing to do.
            _ = try await installation.work()
            let after = try await api.submit("work")
            #expect(try await api.end(of: after)["status"] == "Succeeded")
            #expect(installation.handlers.calls("/work").count == 1)
        }
    }

    @Test("What the server refuses is said in words, and the exit status is not 0")
    func refusals() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let api = try await installation.serve()
            let url = ["URL": api.url]
            let invalid = try await installation.run("submit", "order", "-", settings: url, input: #"{"amount":0}"#)
            #expect(invalid.end != .exited(0))
            #expect(invalid.errors.contains("/input/amount"))
            let broken = try await installation.run("submit", "order", "-", settings: url, input: "{\n  oops")
            #expect(broken.end != .exited(0))
            #expect(broken.errors.contains("line 2"))
            for command in ["status", "watch", "cancel"] {
                let unknown = try await installation.run(command, "nobody", settings: url)
                #expect(unknown.end != .exited(0))
                #expect(unknown.errors.contains("404"))
                // Not 1, which says that the operation failed.
                if command == "watch" { #expect(unknown.end == .exited(EX_UNAVAILABLE)) }
            }
            let unreachable = try await installation.run("list", settings: ["URL": "http://127.0.0.1:1"])
            #expect(unreachable.end != .exited(0))
            #expect(unreachable.errors.contains("http://127.0.0.1:1"))
            #expect(unreachable.errors.contains("--url"))
        }
    }

    @Test(
        "Every command explains itself",
        arguments: ["serve", "work", "dev", "submit", "status", "watch", "list", "cancel", "retry", "skip", "undo", "definitions", "check"]
    )
    func help(command: String) async throws {
        try await Installation.with { installation in
            let help = try await installation.run(command, "--help")
            #expect(help.end == .exited(0))
            #expect(help.output.contains("USAGE: stepstream \(command)"))
            #expect(help.output.contains("OVERVIEW:"))
            let wrong = try await installation.run(command, "--no-such-flag", "argument")
            #expect(wrong.end == .exited(EX_USAGE))
            #expect(wrong.errors.contains("--no-such-flag"))
        }
    }

    @Test("definitions prints what the files define, and names every fault of every file")
    func definitions() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let good = try await installation.run("definitions")
            #expect(good.end == .exited(0))
            #expect(good.output.contains("order"))
            #expect(good.output.contains("reserve: sync"))
            let json = try await installation.run("definitions", "--json")
            #expect(try JSONNode.parse(json.output)["type"] == "order")

            try installation.define("first", "type: First one\nsteps:\n  - name: a\n    handler: { http: { url: /a } }\n")
            try installation.define(
                "second",
                "type: second\nsteps:\n  - name: b\n    handler: { swift: b }\n    timeout: 5000\n    retires: 3\n"
            )
            let bad = try await installation.run("definitions")
            #expect(bad.end == .exited(1))
            for place in ["first.yaml:1:7", "first.yaml:4:29", "second.yaml:5:14", "second.yaml:6:5"] {
                #expect(bad.errors.contains(place))
            }
            // A server does not start on them either.
            let server = try await installation.run("serve", "--port", "0")
            #expect(server.end == .exited(1))
            #expect(server.errors.contains("second.yaml:6:5"))
        }
    }

    @Test("check says how Redis is, in words and as JSON, with an exit status for scripts")
    func check() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let good = try await installation.run("check")
            #expect(good.end == .exited(0))
            #expect(good.output.contains("maxmemory-policy is noeviction"))
            let json = try await installation.run("check", "--json")
            #expect(json.end == .exited(0))
            #expect(try JSONNode.parse(json.output).elements.contains { $0["subject"] == "connection" && $0["severity"] == "ok" })
            let absent = try await installation.run("check", settings: ["REDIS_URL": "redis://:topsecret@127.0.0.1:1"])
            #expect(absent.end == .exited(1))
            #expect(absent.output.contains("FAILURE"))
            #expect(!(absent.output + absent.errors).contains("topsecret"))
        }
    }
}
