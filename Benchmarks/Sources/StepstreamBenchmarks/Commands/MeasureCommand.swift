import ArgumentParser
import Foundation

/// Measures what an operation costs, and how much of that is ours.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures submit, drain, latency and idling on a redis-server of its own, beside the ceiling of the same scripts.",
        discussion: "Each figure is the median of all rounds. docs/performance.md explains the table."
    )

    @Flag(help: "A short run, to see whether it works.")
    var quick = false

    @Flag(help: "Print JSON, with the values of all rounds.")
    var json = false

    @Option(help: "Also write the JSON to this file.")
    var results: String?

    @Option(help: "Draw the rates as an SVG into this file.")
    var plot: String?

    @Option(help: "Put the table between the marks of this Markdown page.")
    var page: String?

    @Option(help: "How many rounds.")
    var rounds: Int?

    @Option(help: "How many operations one round submits and drains.")
    var operations: Int?

    @Option(help: "How many operations the latency at 50/s is taken from.")
    var samples: Int?

    @Option(help: "Measure only this: \(Part.allCases.map(\.rawValue).joined(separator: ", ")). Can be given several times.")
    var only: [Part] = []

    func validate() throws {
        if let rounds, rounds < 1 { throw ValidationError("--rounds must be at least 1.") }
        if let samples, samples < 4 { throw ValidationError("--samples must be at least 4.") }
        if let operations, !(1000...1_000_000).contains(operations) { throw ValidationError("--operations must be 1000 to 1000000.") }
    }

    func run() async throws {
        var plan = quick ? Plan.quick : .full
        if let rounds { plan.rounds = rounds }
        if let operations { plan.operations = operations }
        if let samples { plan.samples = samples }
        let machine = try await Machine.look()
        let report = try await measure(plan)
        if let results { try Data((try report.json(plan, machine) + "\n").utf8).write(to: URL(filePath: results)) }
        if let plot { try Data(Plot(report, machine).svg.utf8).write(to: URL(filePath: plot)) }
        let head = """
            \(Date().formatted(.iso8601.year().month().day())), \(machine.processor), \(machine.cores) cores shared by Redis \(machine.redis) (AOF everysec, unix socket) and this process; \
            \(plan.rounds) rounds of \(plan.operations) operations, each on a fresh Redis.
            """
        if let page { try Page(page).put(head + "\n\n```\n" + report.table().drop { $0 == "\n" } + "\n```\n") }
        if json { return print(try report.json(plan, machine)) }
        print(head)
        print(report.table())
        if !report.figures(in: .raw).isEmpty { print(RawCycle.note) }
        if !report.figures(in: .ceiling).isEmpty { print(Ceiling.note) }
    }

    private func measure(_ plan: Plan) async throws -> Report {
        let parts = only.isEmpty ? Part.allCases : only
        let workload = try Workload(inputBytes: plan.inputBytes)
        var report = Report()
        for round in 1...plan.rounds {
            for part in parts {
                say("round \(round) of \(plan.rounds): \(part.rawValue)")
                switch part {
                case .throughput: try await Throughput(plan: plan, workload: workload).round(into: &report)
                case .raw: try await RawCycle(plan: plan).round(into: &report)
                case .ceiling: try await Ceiling(plan: plan, workload: workload).round(into: &report)
                case .http: try await OverHTTP(plan: plan, workload: workload).round(into: &report)
                case .variants: try await Variants(plan: plan).round(into: &report)
                case .persistence: try await Persistence(plan: plan, workload: workload).round(into: &report)
                case .latency: try await Latency(plan: plan, workload: workload).round(into: &report)
                case .idle: try await Idle(plan: plan).round(into: &report)
                }
            }
        }
        return report
    }

    private func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

extension Part: ExpressibleByArgument {}
