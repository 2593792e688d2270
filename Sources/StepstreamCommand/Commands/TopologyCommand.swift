import ArgumentParser
import Foundation
import NIOHTTP1
import Stepstream

/// `stepstream topology`
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Shows who publishes and who consumes, and what is not as it should be.",
        discussion: "With --check the exit status is 1 when there are findings, and they are all that is printed."
    )

    /// How it is shown.
    enum Form: String, EnumerableFlag {
        case mermaid, dot, check

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .mermaid: "Print a Mermaid flowchart."
            case .dot: "Print a graph for Graphviz."
            case .check: "Print the findings only, and fail when there are some."
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
            if !options.json { print(drawing.findings.isEmpty ? "Everything is as it should be." : drawing.findingLines) }
            if !drawing.findings.isEmpty { throw ExitCode(1) }
        case nil: if !options.json { print(drawing.tree) }
        }
    }
}
