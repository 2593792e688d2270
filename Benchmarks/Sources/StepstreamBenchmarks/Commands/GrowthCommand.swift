import ArgumentParser

/// Measures whether Stepstream stays as fast as there is more of everything.
struct GrowthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth",
        abstract: "Drains beside growing backlogs, numbers of queues and of consumers.",
        discussion: "A million waiting operations take Redis about a gigabyte; --backlog leaves larger ones out."
    )

    @Option(help: "The largest backlog.")
    var backlog = 1_000_000

    @Option(help: "How many operations each rate is taken from.")
    var measured = 40_000

    @Option(help: "How many rounds.")
    var rounds = 3

    func validate() throws {
        guard rounds > 0, measured >= 1000, backlog >= 10_000 else {
            throw ValidationError("--rounds must be at least 1, --measured 1000 and --backlog 10000.")
        }
    }

    func run() async throws {
        let growth = Growth(measured: measured, inputBytes: Plan.full.inputBytes)
        print("| | drained, op/s (min - max) | p99 of scripts, ms | commands over 5 ms |\n|---|---:|---:|---:|")
        for size in [10_000, 100_000, 1_000_000] where size <= backlog {
            try await row("\(size) waiting") { try await growth.backlog(of: size) }
        }
        for count in [1, 10, 100] { try await row("\(count) queues") { try await growth.queues(count) } }
        for count in [1, 8, 64] { try await row("\(count) consumers") { try await growth.consumers(count) } }
    }

    private func row(_ name: String, _ measure: () async throws -> Growth.Point) async throws {
        var points: [Growth.Point] = []
        for round in 1...rounds {
            FileOutput.error.write("\(name): round \(round) of \(rounds)\n")
            points.append(try await measure())
        }
        let rates = points.map(\.rate)
        let range = "\((rates.min() ?? .nan).rounded3) - \((rates.max() ?? .nan).rounded3)"
        let slow = points.reduce(0) { $0 + $1.slowCommands }
        print("| \(name) | \(rates.median.rounded3) (\(range)) | \(points.map(\.scriptTail).median.rounded3) | \(slow) |")
    }
}
