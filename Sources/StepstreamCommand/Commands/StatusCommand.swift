import ArgumentParser
import NIOHTTP1

/// `stepstream status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Prints an operation and its steps.")

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    func run() async throws {
        let answer = try await options.withClient { try await $0.send(.GET, at: "/v1/operations/\(try pathSegment(id))") }
        guard answer.status == 200 else { throw ClientFailure(answer) }
        print(options.json ? answer.body : OperationPrinter(operation: try answer.json()).page)
    }
}
