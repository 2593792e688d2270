import ArgumentParser
import Foundation
import Laboratory

/// `stepstream-lab run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs scenarios and prints what came of them; exit status 1 if anything broke.",
        discussion: """
            Without --redis each scenario has a Redis of its own. With --redis (and usually --definitions, --type and --input) the named scenarios run against \
            a Redis and definitions of yours: then only API and worker processes are harmed, which the laboratory starts itself.
            """
    )

    @Argument(help: "The scenarios by name (default: all). `stepstream-lab list` lists them.")
    var scenarios: [String] = []

    @OptionGroup var common: ScenarioOptions

    @Option(help: "How many times as much is done as in the short programme.")
    var factor = 1.0

    @Option(help: "How many scenarios run at once.")
    var jobs = 1

    @Option(help: "Run again and again for so many minutes, with another seed each time.")
    var minutes: Double?

    @Option(help: ArgumentHelp("Plant this fault (several: with commas).", visibility: .hidden))
    var mutant: String?

    @Flag(help: "Keep the logs of all runs.")
    var keep = false

    @Option(help: "Write the table into this page, below its line <!-- make chaos -->.")
    var page: String?

    @Option(help: "A Redis of your own: unix:///path or redis://host:port.")
    var redis: String?

    @Option(help: "A folder of definitions of your own.")
    var definitions: String?

    @Option(help: "The type to submit, with --definitions.")
    var type: String?

    @Option(help: "The input to submit, as JSON.")
    var input = "{}"

    func validate() throws {
        for name in scenarios where !Scenario.all.contains(where: { $0.name == name }) {
            throw ValidationError("There is no scenario \(name). `stepstream-lab list` lists them.")
        }
        if redis != nil, scenarios.isEmpty { throw ValidationError("Name the scenarios to run against your own Redis, for example R01.") }
        if definitions != nil, type == nil { throw ValidationError("Say with --type which of your definitions is to be submitted.") }
    }

    func run() async throws {
        var options = try common.options()
        options.factor = factor
        options.keepsFolders = keep
        options.mutants = mutant?.split(separator: ",").map(String.init) ?? []
        options.redis = redis
        options.definitions = definitions.map { URL(fileURLWithPath: $0).path }
        options.workload = type.map { ($0, input) }
        let chosen = scenarios.isEmpty ? Scenario.all : Scenario.all.filter { scenarios.contains($0.name) }
        print("seed \(options.seed)")
        let programme = Programme(options: options, jobs: jobs)
        var outcomes = await programme.run(chosen)
        if let minutes {
            let end = ContinuousClock.now + .seconds(minutes * 60)
            while ContinuousClock.now < end {
                options.seed += 1
                outcomes += await Programme(options: options, jobs: jobs).run(chosen)
            }
        }
        print("\n\(Table(outcomes))\n")
        if let page { try Page(path: page).show(Table(outcomes)) }
        let broken = outcomes.count { !$0.holds }
        print("\(outcomes.count - broken) held, \(broken) broken")
        if broken > 0 { throw ExitCode.failure }
    }
}
