import ArgumentParser
import Laboratory

/// `stepstream-lab check FOLDER`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks the logs of a run again, which were kept.",
        discussion: "Only what holds for every run is looked at, not what the scenario expects besides."
    )

    @Argument(help: "The folder of the run.")
    var folder: String

    func run() throws {
        let (figures, violations) = Checker(try RunLogs(folder: folder), .ofEveryRun).check()
        var outcome = Outcome(scenario: "logs", seed: 0)
        (outcome.figures, outcome.violations) = (figures, violations)
        print(Table([outcome]))
        for violation in violations { print(violation) }
        if !violations.isEmpty { throw ExitCode.failure }
    }
}
