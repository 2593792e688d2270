import ArgumentParser
import NIOHTTP1
import Stepstream

/// `stepstream explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says in words what an operation waits for, and what happens next."
    )

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    func run() async throws {
        let path = "/v1/operations/\(try pathSegment(id))"
        let (answer, outlook, readiness) = try await options.withClient { client in
            (try await client.send(.GET, path), try await client.send(.GET, path + "/outlook"), try await client.send(.GET, "/readyz"))
        }
        guard answer.status == 200 else { throw ClientFailure(answer) }
        guard outlook.status == 200 else { throw ClientFailure(outlook) }
        if options.json { return print(outlook.body) }
        print(Explanation(operation: try answer.json(), outlook: try outlook.json(), readiness: try readiness.json()).text)
    }
}
