import ArgumentParser
import Foundation
import Laboratory

/// `stepstream-lab mutants`
struct MutantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutants",
        abstract: "Plants known faults, one at a time, and checks that the scenario meant for each finds it.",
        discussion:
            "A laboratory that finds none of them proves nothing. Exit status 1 if one is not found. Needs a debug build of the program."
    )

    @Argument(help: "The faults by name (default: all).")
    var mutants: [String] = []

    @OptionGroup var common: ScenarioOptions

    func run() async throws {
        let options = try common.options()
        print("seed \(options.seed)")
        var missed = 0
        let chosen = PlantedFault.all.filter { mutants.isEmpty || mutants.contains($0.name) }
        for fault in chosen {
            let outcome = await fault.hunt(options)
            let isCaught = outcome.failure == nil && !outcome.violations.isEmpty
            if !isCaught { missed += 1 }
            let words = outcome.violations.first?.description ?? outcome.failure ?? "nothing was found"
            print(fault.name.padded(to: 24), fault.scenario.padded(to: 10), isCaught ? "caught" : "MISSED", words)
            flushOutput()
        }
        print("\n\(chosen.count - missed) caught, \(missed) missed")
        if missed > 0 { throw ExitCode.failure }
    }
}
