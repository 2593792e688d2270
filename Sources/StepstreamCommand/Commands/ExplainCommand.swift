import ArgumentParser
import NIOHTTP1
import Stepstream

/// `stepstream explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explains what an operation waits for and what happens next."
    )

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    func run() async throws {
        let path = "/v1/operations/\(try pathSegment(id))"
        let (answer, explained, readiness) = try await options.withClient { client in
            (
                try await client.send(.GET, at: path), try await client.send(.GET, at: path + "/explain"),
                try await client.send(.GET, at: "/readyz")
            )
        }
        guard answer.status == 200 else { throw ClientFailure(answer) }
        guard explained.status == 200 else { throw ClientFailure(explained) }
        if options.json { return print(explained.body) }
        print(Explanation(operation: try answer.json(), explained: try explained.json(), readiness: try readiness.json()).text)
    }
}
