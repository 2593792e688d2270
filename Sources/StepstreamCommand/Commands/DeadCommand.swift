import ArgumentParser
import Foundation
import Glibc
import NIOHTTP1
import Stepstream

/// `stepstream dead`
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Lists the operations that need attention, or applies a command to all of them.",
        subcommands: [DeadListCommand.self, DeadRetryCommand.self, DeadSkipCommand.self, DeadUndoCommand.self],
        defaultSubcommand: DeadListCommand.self
    )
}

/// Which operations; the commands of `dead` share it.
struct DeadOptions: ParsableArguments {
    @OptionGroup var client: ClientOptions

    @Option(help: "Only operations of this type.")
    var type: String?

    @Option(help: "How many operations at most, 1 to 1000")
    var limit = 100

    /// The operations that need attention.
    func operations(_ client: APIClient) async throws -> [JSONNode] {
        var components = URLComponents()
        components.queryItems = [("attention", "true"), ("page-size", String(limit)), ("type", type)].compactMap { name, value in
            value.map { URLQueryItem(name: name, value: $0) }
        }
        let answer = try await client.send(.GET, at: "/v1/operations?\(components.percentEncodedQuery ?? "")")
        guard answer.status == 200 else { throw ClientFailure(answer) }
        return try answer.json().member("operations")?.elements ?? []
    }

    @Flag(help: "Do not ask for confirmation.")
    var yes = false

    /// Asks on a terminal; elsewhere nobody could answer.
    fileprivate func isConfirmed(_ question: String) -> Bool {
        guard !yes, isatty(STDIN_FILENO) == 1 else { return true }
        print("\(question) [y/N]", terminator: " ")
        fflush(nil)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}

/// `stepstream dead list`
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the operations that need attention.")

    @OptionGroup var options: DeadOptions

    func run() async throws {
        let operations = try await options.client.withClient { try await options.operations($0) }
        for operation in operations { print(options.client.json ? operation.json.text : OperationPrinter(operation: operation).line) }
        if operations.isEmpty, !options.client.json { print("No operation needs attention.") }
    }
}

/// Who issues a command, and why; the commands of `dead` share it.
struct DeadCommandOptions: ParsableArguments {
    @OptionGroup var options: DeadOptions

    @Option(help: "Who issues the command, for the history of each operation (default: your user name).")
    var by: String?

    @Option(help: "Why, for the history of each operation.")
    var reason: String?

    /// Applies `command` to each that has not ended, and prints the result; the others go on if one is refused.
    func perform(_ command: String) async throws {
        let name = by ?? NSUserName()
        let members = [("by", name.isEmpty ? nil : name), ("reason", reason)].compactMap { key, value in
            value.map { (key, JSONText.Fragment.string($0)) }
        }
        let body = Data(JSONText.object(members).text.utf8)
        let refused = try await options.client.withClient { client in
            var refused = 0
            // One that has failed stays on the list for a day, and nothing can be done about it any more.
            let open = try await options.operations(client).filter { $0.member("endedAt") == nil }
            guard !open.isEmpty, options.isConfirmed("Apply \(command) to \(open.count) operation\(open.count == 1 ? "" : "s")?") else {
                return refused
            }
            for operation in open {
                guard let id = operation.member("id")?.string else { continue }
                let answer = try await client.send(.POST, at: "/v1/operations/\(try pathSegment(id)):\(command)", body: body)
                if answer.status != 202 { refused += 1 }
                print("\(id)  \(answer.status == 202 ? "done" : ClientFailure(answer).description)")
            }
            return refused
        }
        if refused > 0 { throw ExitCode(1) }
    }
}

/// `stepstream dead retry`
struct DeadRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Retries the held step or failed undo of each operation."
    )

    @OptionGroup var command: DeadCommandOptions

    func run() async throws { try await command.perform("retry") }
}

/// `stepstream dead skip`
struct DeadSkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "skip", abstract: "Skips the held step or failed undo of each operation.")

    @OptionGroup var command: DeadCommandOptions

    func run() async throws { try await command.perform("skip") }
}

/// `stepstream dead undo`
struct DeadUndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Gives up the held step of each operation and rolls the operation back."
    )

    @OptionGroup var command: DeadCommandOptions

    func run() async throws { try await command.perform("undo") }
}
