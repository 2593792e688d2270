import ArgumentParser
import Laboratory

/// `stepstream-lab ledger`: the process that handlers' effects go to.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Serves as the handler of steps, and writes down each effect, until its input closes.",
        discussion:
            "The laboratory starts it by itself. It refuses attempts of a lower epoch than one seen before, and does the work of a key once.",
        shouldDisplay: false
    )

    @Option(help: "The file to append to.")
    var journal: String

    func run() async throws {
        try await LedgerServer.run(journal: journal)
    }
}
