import ArgumentParser
import Laboratory

/// `stepstream-lab list`
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the scenarios.")

    func run() {
        for scenario in Scenario.all { print(scenario.name.padded(to: 10), scenario.title) }
    }
}

extension String {
    /// With spaces behind, so that columns stand below each other.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
}
