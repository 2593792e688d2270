import ChildProcesses
import Foundation
import Testing

@Suite("The files that come with it", .serialized, .timeLimit(.minutes(2)))
struct ShippedFilesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// What a fault of an unknown name tells of the known ones.
    private static func known(in errors: String) throws -> Set<String> {
        let list = try #require(errors.firstMatch(of: /Known: (.+)/)?.1)
        return Set(list.split(separator: ", ").map(String.init))
    }

    @Test("config/stepstream.yaml documents every key and no other, and what it shows as a default is accepted")
    func settings() async throws {
        let file = try Self.text("config/stepstream.yaml").replacing(/(?m)^  # (\w+: \S+)$/) { "  \($0.1)" }
        var section = ""
        var documented: Set<String> = []
        for line in file.split(separator: "\n") {
            if let match = line.wholeMatch(of: /(\w+):/) { section = String(match.1) }
            if let match = line.wholeMatch(of: #/  (\w+): \S+/#) { documented.insert("\(section).\(match.1)") }
        }
        try await Installation.with { installation in
            try installation.write("unknown.yaml", "nothing: 1\n")
            let refused = try await installation.run("definitions", "--config", "unknown.yaml")
            #expect(try Self.known(in: refused.errors) == documented)

            // The paths of certificates do not exist here, and are looked at only for TLS.
            try installation.write("all.yaml", file)
            let taken = try await installation.run("definitions", "--config", "all.yaml")
            #expect(!taken.errors.contains("The configuration cannot be used"), "\(taken.errors)")
        }
    }

    @Test("docker-compose.yml and Dockerfile set only variables that exist, to values that are allowed")
    func containers() async throws {
        let files = try Self.text("docker-compose.yml") + Self.text("Dockerfile")
        let variables = assignments(in: files).filter { !["STEPSTREAM_URL", "STEPSTREAM_CONFIG"].contains($0.key) }
        try #require(variables.count >= 3)
        try await Installation.with { installation in
            let settings = Dictionary(uniqueKeysWithValues: variables.map { ($0.key.replacing("STEPSTREAM_", with: ""), $0.value) })
            let taken = try await installation.run("definitions", settings: settings)
            #expect(!taken.errors.contains("The configuration cannot be used"), "\(taken.errors)")
        }
    }

    @Test("Prometheus takes config/alerts.yaml, and alarms are given when they should be and not otherwise")
    func alerts() async throws {
        let promtool = Self.root.appending(path: ".build/tools/promtool").path
        try await Installation.with { installation in
            for script in ["check rules --lint=all --lint-fatal config/alerts.yaml", "test rules Tests/Clients/alerts.test.yaml"] {
                let check = try await installation.shell("cd \(Self.root.path) && exec \(promtool) \(script)")
                #expect(check.end == .exited(0), "\(check.output)\(check.errors)")
            }
        }
    }

    private func assignments(in text: String) -> [String: String] {
        text.matches(of: /(STEPSTREAM_\w+): "?([^"\n]+)"?/).reduce(into: [:]) { $0[String($1.1)] = String($1.2) }
    }
}
