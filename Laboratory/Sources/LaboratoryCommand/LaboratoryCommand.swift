import ArgumentParser

/// `stepstream-lab`
@main
struct LaboratoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stepstream-lab",
        abstract: "Treats Stepstream badly, and checks by logs of its own that it keeps what it promises.",
        subcommands: [ListCommand.self, RunCommand.self, MutantsCommand.self, CheckCommand.self, LedgerCommand.self],
        defaultSubcommand: RunCommand.self
    )
}
