import ChildProcesses
import Foundation
import StepstreamTesting
import Testing

/// The laboratory is itself a program that has to work. Its whole programme is `make chaos`; here is as much of it as a gate can wait for.
@Suite("The crash laboratory", .serialized, .timeLimit(.minutes(5)))
struct LaboratoryTests {
    @Test("scenarios are played, checked and told in a table")
    func run() async throws {
        try await Installation.with { installation in
            let result = try await lab("run R14 R15 --factor 0.1 --seed 3", installation)
            #expect(result.end == .exited(0), "\(result.output) \(result.errors)")
            #expect(result.output.contains("2 held, 0 broken"))
            for name in ["R14", "R15"] { #expect(result.output.contains("| \(name)")) }
        }
    }

    @Test("a planted fault is found")
    func mutant() async throws {
        try await Installation.with { installation in
            let result = try await lab("mutants beginKeepsEpoch --seed 3", installation)
            #expect(result.end == .exited(0), "\(result.output) \(result.errors)")
            #expect(result.output.contains("1 caught, 0 missed"))
        }
    }

    @Test("a run whose logs break a promise ends with status 1 and says which")
    func broken() async throws {
        try await Installation.with { installation in
            try installation.write("run/submissions.log", "1 request o saga\n2 accepted o saga\n")
            try installation.write("run/statuses.log", "9 o Running executing 3 final\n")
            let result = try await lab("check run", installation)
            #expect(result.end == .exited(1))
            #expect(result.output.contains("I1: o has not ended"))
        }
    }

    @Test("it runs against a Redis and definitions of one's own")
    func own() async throws {
        let server = try await RedisServer.start()
        let definitions = ["work": "type: work\nsteps:\n  - name: work\n    handler: { exec: { command: [\"/bin/true\"] } }\n"]
        try await Installation.with(definitions: definitions, redis: server.url) { installation in
            let options = "--redis \(server.url) --definitions config/operations --type work --input '{}'"
            let result = try await lab("run R01 --factor 0.005 --seed 3 \(options)", installation)
            #expect(result.end == .exited(0), "\(result.output) \(result.errors)")
            #expect(result.output.contains("1 held, 0 broken"))
        }
        await server.stop()
    }

    @Test("what does not exist is said so, with what does")
    func wrong() async throws {
        try await Installation.with { installation in
            let scenario = try await lab("run R99", installation)
            #expect(scenario.end == .exited(64))
            #expect(scenario.errors.contains("There is no scenario R99. `stepstream-lab list` lists them."))
            let program = try await installation.shell("stepstream-lab run R14 --program ./nothing")
            #expect(program.end == .exited(64))
            #expect(program.errors.contains("There is no program at ./nothing"))
        }
    }

    @Test("docs/guarantees.md shows every scenario, and says how each is called")
    func page() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/guarantees.md"), encoding: .utf8)
        try await Installation.with { installation in
            let list = try await installation.shell("stepstream-lab list")
            let names = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
            #expect(names.count >= 20)
            for name in names { #expect(page.contains("| \(name) "), "\(name) has no row in docs/guarantees.md") }
        }
    }

    private func lab(
        _ arguments: String,
        _ installation: Installation
    ) async throws -> (end: ChildEnd, output: String, errors: String) {
        let program = try Executable.stepstream()
        let option = arguments.hasPrefix("check") ? "" : " --program \(program)"
        return try await installation.shell("stepstream-lab \(arguments)\(option)")
    }
}
