import ArgumentParser
import Glibc

/// The executable `stepstream`.
@main
struct StepstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stepstream",
        abstract: "Moves the slow steps of a write out of the request.",
        discussion: """
            Server commands read their settings from flags, environment variables (STEPSTREAM_…) and config/stepstream.yaml; flags override \
            variables, and variables override the file, which documents every key. The other commands call the API of a running server: set \
            its URL with --url or STEPSTREAM_URL.
            """,
        groupedSubcommands: [
            .init(
                name: "Server",
                subcommands: [ServeCommand.self, WorkCommand.self, DevCommand.self, CheckCommand.self, DefinitionsCommand.self]
            ),
            .init(
                name: "Client",
                subcommands: [
                    SubmitCommand.self, StatusCommand.self, WatchCommand.self, ListCommand.self, CancelCommand.self, ExplainCommand.self,
                ]
            ),
            .init(
                name: "Operator",
                subcommands: [
                    TopCommand.self, DeadCommand.self, RetryCommand.self, SkipCommand.self, UndoCommand.self, QueuesCommand.self,
                    TopologyCommand.self,
                ]
            ),
            .init(name: "Webhook", subcommands: [DeliveriesCommand.self, ReplayCommand.self, WebhookListenCommand.self]),
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
