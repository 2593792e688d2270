import ArgumentParser
import Foundation
import NIOHTTP1
import Stepstream

/// `stepstream topology`
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Shows which processes publish and consume, and what does not fit together.",
        discussion: "Without a flag the topology is printed as a tree."
    )

    /// How it is shown.
    enum Form: String, EnumerableFlag {
        case mermaid, dot, check

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .mermaid: "Print a Mermaid flowchart."
            case .dot: "Print a graph for Graphviz."
            case .check: "Print only the findings; the exit status is 1 if there are any."
            }
        }
    }

    @OptionGroup var options: ClientOptions
    @Flag(exclusivity: .exclusive) var form: Form?

    func run() async throws {
        let answer = try await options.withClient { try await $0.send(.GET, at: "/topology") }
        guard answer.status == 200 else { throw ClientFailure(answer) }
        let drawing = TopologyDrawing(try answer.json())
        if options.json { print(answer.body) }
        switch form {
        case .mermaid: print(drawing.mermaid)
        case .dot: print(drawing.dot)
        case .check:
            if !options.json { print(drawing.findings.isEmpty ? "No findings." : drawing.findingLines) }
            if !drawing.findings.isEmpty { throw ExitCode(1) }
        case nil: if !options.json { print(drawing.tree) }
        }
    }
}
