import ChildProcesses
import Foundation
import NIOCore
import NIOPosix
import Rigging
import Stepstream
import StepstreamTesting
import Testing

@Suite("README.md", .serialized, .timeLimit(.minutes(2)))
struct ReadmeTests {
    /// A fenced block of a page.
    private struct Block {
        let language: String
        let text: String
    }

    @Test("The session of \"Your own operation in five minutes\" runs as it stands there")
    func session() async throws {
        let blocks = try Self.blocks(under: "## Your own operation in five minutes")
        let port = "\(try BoundPort.free())"
        try await Installation.with { installation in
            let file = try #require(blocks.first { $0.language == "yaml" })
            let path = try #require(file.text.firstMatch(of: /^# (\S+)\n/)?.1)
            try installation.write(String(path), file.text)
            let scripts = blocks.filter { $0.language == "sh" }.map { $0.text.replacing("8080", with: port) }
            try #require(scripts.count == 4)

            let lines = scripts[0].split(separator: "\n").map(String.init)
            let server = try #require(lines.last)
            try #require(server.hasSuffix(" &"))
            for line in lines.dropLast() { #expect(try await installation.shell(line).end == .exited(0)) }
            // In the foreground of a shell of its own, so that its end is ours to see to.
            let dev = try installation.start(shell: "exec " + server.dropLast(2))
            try await dev.line(with: "Serving HTTP")

            let submitted = try JSONNode.parse(try await installation.shell(scripts[1]).output)
            let shown = try JSONNode.parse(try #require(blocks.first { $0.language == "json" }).text.replacing("\n", with: ""))
            #expect(submitted.members.map(\.key) == shown.members.map(\.key))
            #expect(submitted["type"] == "hello")

            let watched = try await installation.shell(scripts[2], port: port)
            #expect(watched.end == .exited(0), "\(watched.errors)")
            #expect(watched.output.contains("Succeeded (done)"))
            #expect(watched.output.contains(#"{"greeting":"hello"}"#))

            let refused = try JSONNode.parse(try await installation.shell(scripts[3]).output)
            #expect(refused.member("status")?.int64 == 422)
            #expect(refused.member("errors")?.elements.compactMap { $0["pointer"] } == ["/input/name"])
        }
    }

    private static func blocks(under heading: String) throws -> [Block] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let section = try #require(page.split(separator: heading + "\n").dropFirst().first?.split(separator: "\n## ").first)
        return section.matches(of: /```(\w+)\n((?:.|\n)*?)```/).map { Block(language: String($0.1), text: String($0.2)) }
    }
}
