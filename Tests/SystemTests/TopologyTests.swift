import ChildProcesses
import Foundation
import Glibc
import Stepstream
import StepstreamTesting
import Testing

@Suite("Topology", .serialized, .timeLimit(.minutes(2)))
struct TopologyTests {
    @Test("processes register and take themselves back; --check tells what is missing until it is there")
    func check() async throws {
        try await Installation.with(definitions: ["order": Sample.order]) { installation in
            let api = try await installation.serve()
            let url = ["URL": api.url]
            let port = try #require(api.url.split(separator: ":").last.map(String.init))
            _ = try await api.patiently {
                try await $0.get("/topology")
            } until: {
                $0.body.contains(#""role":"serve""#)
            }
            let alone = try await installation.run("topology", "--check", settings: url)
            #expect(alone.end == .exited(1))
            #expect(alone.output.contains("queue-without-consumer"))

            let worker = try await installation.work()
            _ = try await api.patiently {
                try await $0.get("/topology")
            } until: {
                $0.body.contains(#""findings":[]"#)
            }
            let both = try await installation.run("topology", "--check", settings: url)
            #expect(both.end == .exited(0), "\(both.output)")
            let tree = try await installation.run("topology", settings: url)
            #expect(tree.output.contains("publisher serve"))
            #expect(tree.output.contains("worker work"))
            #expect(try await installation.run("topology", "--mermaid", settings: url).output.hasPrefix("flowchart LR"))
            #expect(try await installation.run("topology", "--dot", settings: url).output.hasPrefix("digraph"))
            let json = try JSONNode.parse(try await installation.run("topology", "--json", settings: url).output)
            #expect(json.member("processes")?.count == 2)

            for command in try Self.commands() {
                let shown = try await installation.shell("PORT=\(port)\n\(command)", port: port)
                #expect(shown.end == .exited(0), "\(command): \(shown.errors)")
                #expect(!shown.output.isEmpty || command.contains(" -o "), "\(command)")
            }

            worker.send(SIGTERM)
            try await worker.ended()
            _ = try await api.patiently {
                try await $0.get("/topology")
            } until: {
                !$0.body.contains(#""role":"work""#)
            }
        }
    }

    /// The commands of docs/topology.md.
    private static func commands() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let page = try String(contentsOf: root.appending(path: "docs/topology.md"), encoding: .utf8)
        let blocks = page.matches(of: /```sh\n((?:.|\n)*?)```/).map { String($0.1) }
        try #require(blocks.count == 2)
        return blocks.flatMap { $0.split(separator: "\n") }.map { String($0).replacing("8080", with: "$PORT") }
    }
}
