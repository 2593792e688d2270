import ChildProcesses
import Foundation
import Glibc
import NIOHTTP1
import Stepstream
import StepstreamTesting
import Testing

@Suite("docs/operations.md", .serialized, .timeLimit(.minutes(3)))
struct OperationsPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// A section of the page, by its heading.
    private static func section(_ heading: String) throws -> String {
        let page = try text("docs/operations.md")
        let part = try #require(page.components(separatedBy: "## \(heading)\n").dropFirst().first, "\(heading)")
        return part.components(separatedBy: "\n## ")[0]
    }

    private static func blocks(_ heading: String) throws -> [String] {
        try section(heading).matches(of: /```sh\n((?:.|\n)*?)```/).map { String($0.1) }
    }

    /// The first cells of the rows of a section's table.
    private static func rows(_ heading: String) throws -> [String] {
        try section(heading).matches(of: /(?m)^\| `?([A-Za-z-]+)`? \|/).map { String($0.1) }.dropFirst().sorted()
    }

    @Test("Every alarm, and every finding there can be, stands in the page with what to do, and none else")
    func complete() throws {
        let alarms = try Self.text("config/alerts.yaml").matches(of: /alert: (\w+)/).map { String($0.1) }.sorted()
        #expect(try Self.rows("What to do at an alarm") == alarms)
        let subjects = StoreHealth.Finding.Subject.allCases.map(\.rawValue).sorted()
        #expect(try Self.rows("What stepstream check and /readyz find") == subjects)
        let kinds = TopologyFinding.Kind.allCases.map(\.rawValue).sorted()
        #expect(try Self.rows("What the topology finds") == kinds)
    }

    @Test("Its commands, in blocks and between the words, do something on an installation that lives")
    func commands() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let api = try await installation.serve()
            _ = try await installation.work()
            let id = try await api.submit("work")
            #expect(try await api.end(of: id)["status"] == "Succeeded")
            _ = try await api.patiently {
                try await $0.get("/topology")
            } until: {
                $0.body.contains(#""findings":[]"#)
            }
            let port = try #require(api.url.split(separator: ":").last).description
            let settings =
                "export STEPSTREAM_REDIS_URL='\(installation.redisURL)' STEPSTREAM_STORE_NAMESPACE='\(installation.namespace)'\nset -e\n"
            let seen = try await installation.shell(settings + Self.blocks("See what happens")[0], port: port)
            #expect(seen.end == .exited(0) && seen.output.contains("No operation needs attention."), "\(seen.errors)")
            let upgrade = try await installation.shell(settings + Self.blocks("Upgrade")[0], port: port)
            #expect(upgrade.end == .exited(0), "\(upgrade.output)\(upgrade.errors)")

            let named = try Self.text("docs/operations.md").matches(of: /`(stepstream [a-z]+[^`]*)`/).map { String($0.1) }
            let later = #"{"id":"later-1","type":"work","input":{},"notBefore":"2100-01-01T00:00:00Z"}"#
            #expect(try await api.send(.POST, "/v1/operations", body: later).status == 202)
            // Servers run until they are told to end.
            let rest = Set(named).subtracting(["stepstream serve", "stepstream work"])
            #expect(rest.count > 10)
            for command in rest.sorted() {
                // What has ended cannot be canceled.
                let call = command.replacing("cancel ID", with: "cancel later-1").replacing("ID", with: id).replacing("TYPE", with: "work")
                    .replacing("QUEUE", with: "default")
                let run = try await installation.shell(settings + call, port: port)
                #expect(run.end == .exited(0), "\(call): \(run.output)\(run.errors)")
            }
        }
    }

    @Test("What was backed up is restored as the page says, and what waited in it is done")
    func restored() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            try installation.write("config/redis.conf", Self.text("config/redis.conf"))
            let before = try await installation.serve()
            let id = try await before.submit("work")
            let blocks = try Self.blocks("Back up and restore")
            try #require(blocks.count == 2)
            let folder = installation.folder
            let socket = installation.redisURL.replacing("unix://", with: "")
            let variables = "SOCKET='\(socket)' BACKUP='\(folder)/backup' FOLDER='\(folder)/restored'\nset -e\n"
            let saved = try await installation.shell(variables + blocks[0])
            #expect(saved.end == .exited(0), "\(saved.output)\(saved.errors)")
            before.program.send(SIGTERM)
            try await before.program.ended()
            // Whatever becomes of the test, this Redis ends with it.
            let restored = try installation.start(
                shell: "\(variables)\(blocks[1])\necho restored >&2\ncat\nrestored SHUTDOWN NOSAVE"
            )
            try await restored.line(with: "restored")
            let settings = ["REDIS_URL": "unix://\(folder)/restored/redis.sock"]
            let after = try await installation.serve(settings)
            #expect(try await after.operation(id)["status"] == "NotStarted")
            let worker = try await installation.work(settings)
            #expect(try await after.end(of: id)["status"] == "Succeeded")
            for program in [after.program, worker] {
                program.send(SIGTERM)
                try await program.ended()
            }
            restored.closeInput()
            #expect(try await restored.ended() == .exited(0), "\(restored.errors)")
        }
    }
}
