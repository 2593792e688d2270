import Foundation
import Laboratory

/// Several scenarios, one after another or a few at once.
struct Programme: Sendable {
    let options: RunOptions
    let jobs: Int

    private let progress = Progress()

    init(options: RunOptions, jobs: Int) {
        (self.options, self.jobs) = (options, jobs)
    }

    /// Runs `scenarios`, says what came of each as it ends, and returns it in their order.
    func run(_ scenarios: [Scenario]) async -> [Outcome] {
        let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group in
            var outcomes: [(Int, Outcome)] = []
            for (number, scenario) in scenarios.enumerated() {
                if number >= jobs, let next = await group.next() {
                    report(next.1)
                    outcomes.append(next)
                }
                group.addTask { (number, await Runner(options).run(scenario) { progress.show("\(scenario.name): \($0)") }) }
            }
            for await next in group {
                report(next.1)
                outcomes.append(next)
            }
            return outcomes
        }
        return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func report(_ outcome: Outcome) {
        progress.clear()
        let figures = outcome.figures
        let counts = "\(figures.operations) operations, \(figures.faults) faults, \(figures.lost) lost"
        print(outcome.scenario.padded(to: 10), outcome.holds ? "holds " : "BROKEN", counts, "in \(Int(outcome.seconds.rounded())) s")
        if let failure = outcome.failure { print("  could not be played: \(failure)") }
        for violation in outcome.violations.prefix(10) { print("  \(violation)") }
        if outcome.violations.count > 10 { print("  and \(outcome.violations.count - 10) more") }
        if let folder = outcome.folder { print("  logs: \(folder)") }
        flushOutput()
    }
}
