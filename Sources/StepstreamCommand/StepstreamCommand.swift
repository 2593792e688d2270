import ArgumentParser
import Glibc

/// The executable `stepstream`.
@main
struct StepstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stepstream",
        abstract: "Takes the slow steps of a write out of the request.",
        discussion: """
            Servers read their settings from flags, STEPSTREAM_… environment variables, config/stepstream.yaml, in this order; that file \
            documents every key. Client commands speak HTTP with the server named by --url or STEPSTREAM_URL.
            """,
        groupedSubcommands: [
            .init(name: "Servers", subcommands: [ServeCommand.self, WorkCommand.self, DevCommand.self]),
            .init(
                name: "Clients",
                subcommands: [
                    SubmitCommand.self, StatusCommand.self, WatchCommand.self, ListCommand.self, CancelCommand.self, ExplainCommand.self,
                ]
            ),
            .init(
                name: "Looking after it",
                subcommands: [
                    TopCommand.self, DeadCommand.self, RetryCommand.self, SkipCommand.self, UndoCommand.self, QueuesCommand.self,
                    TopologyCommand.self, DefinitionsCommand.self, CheckCommand.self,
                    DeliveriesCommand.self, ReplayCommand.self, WebhookListenCommand.self,
                ]
            ),
        ]
    )

    static func main() async {
        // A peer that closes its end must cost one write, not the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
