import ChildProcesses
import Foundation
import Stepstream
import StepstreamTesting
import Testing

@Suite("stepstream watch", .serialized, .timeLimit(.minutes(3)))
struct WatchCommandTests {
    private static func sequences(_ output: String, of id: String) throws -> [Int] {
        try output.split(separator: "\n").compactMap { line in
            let name = try JSONNode.parse(String(line), maximumDepth: 64)["id"] ?? ""
            return name.hasPrefix(id + "/") ? Int(name.dropFirst(id.count + 1)) : nil
        }
    }

    @Test("A line an event; the API dies and comes back, and nothing is missed")
    func resumes() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            installation.handlers.plan("/work", .answer(503, body: "{}"), .held())
            let api = try await installation.serve()
            let id = try await api.submit("work")
            let plain = try installation.start(["watch", id], settings: ["URL": api.url])
            let json = try installation.start(["watch", id, "--json"], settings: ["URL": api.url])
            _ = try await installation.work()
            _ = try await installation.handlers.wait("/work", count: 2)
            try await api.program.killAll()
            for program in [plain, json] { try await program.line(with: "reconnecting") }
            let port = try #require(api.url.split(separator: ":").last)
            _ = try await API(of: try installation.start(["serve", "--port", String(port)]))
            installation.handlers.release("/work")

            let watched = try await plain.finished()
            #expect(watched.end == .exited(0))
            #expect(watched.output.contains("step.retrying  work"))
            #expect(watched.output.contains("operation.succeeded"))
            #expect(watched.output.contains("Succeeded (done)"))
            #expect(!watched.output.contains("\u{1B}"))
            let lines = try await json.finished()
            #expect(lines.end == .exited(0))
            let told = try Self.sequences(lines.output, of: id)
            let first = try #require(told.first)
            #expect(told == Array(first..<(first + told.count)))
            #expect(told.count >= 4)
        }
    }

    @Test("On a terminal the steps are drawn again with their times; NO_COLOR takes the colors away")
    func terminal() async throws {
        try await Installation.with(definitions: ["work": Sample.work]) { installation in
            let api = try await installation.serve()
            let port = try #require(api.url.split(separator: ":").last.map(String.init))
            for (setting, isColored) in [("", true), ("NO_COLOR=1 ", false)] {
                let id = try await api.submit("work")
                let watching = try installation.start(
                    shell: "\(setting)script -qefc 'stepstream watch \(id)' /dev/null < /dev/null",
                    port: port
                )
                if isColored { _ = try await installation.work() }
                let watched = try await watching.finished()
                #expect(watched.end == .exited(0), "\(watched.errors)")
                #expect(watched.output.contains("work \(id)"))
                #expect(watched.output.contains("\u{1B}[32m") == isColored)
                #expect(watched.output.contains("Succeeded (done)"))
            }
        }
    }
}
