import ArgumentParser

/// Takes operations through the store at the pace of whoever counts instructions; `Benchmarks/instructions.py` does.
struct WalkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walk",
        abstract: "Takes operations through the store, the same work each time, and waits for a line before and after each phase.",
        discussion: """
            Prints "ready PHASE" and waits for a line on standard input; then works, prints "done PHASE" and waits for a line again. The phases \
            are \(Phase.allCases.map(\.rawValue).joined(separator: ", ")). Before them some operations are taken through all of them, so that \
            connections, scripts and the definition are there.
            """
    )

    @Option(help: "The Redis to work on, with nothing else in it.")
    var redis: String

    @Option(help: "How many operations; a multiple of the batch.")
    var operations = 1024

    @Option(help: "How many operations to a call of the store, 1 to \(Walk.largestBatch).")
    var batch = Walk.largestBatch

    func validate() throws {
        guard 1...Walk.largestBatch ~= batch else { throw ValidationError("--batch must be 1 to \(Walk.largestBatch).") }
        guard operations > 0, operations.isMultiple(of: batch) else { throw ValidationError("--operations must be a multiple of --batch.") }
    }

    func run() async throws {
        let workload = try Workload(inputBytes: Plan.full.inputBytes)
        try await Stand.with(redisAt: redis) { stand in
            try await Walk(stand: stand, workload: workload, batch: batch).go(operations)
        }
    }
}
