import ArgumentParser
import Foundation
import Glibc
import NIOHTTP1
import Stepstream

/// `stepstream dead`
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Operations that need a person: all of them, at once.",
        subcommands: [DeadListCommand.self, DeadRetryCommand.self, DeadSkipCommand.self, DeadUndoCommand.self],
        defaultSubcommand: DeadListCommand.self
    )
}

/// Which operations; the commands of `dead` share it.
struct DeadOptions: ParsableArguments {
    @OptionGroup var client: ClientOptions

    @Option(help: "Only those of this type.")
    var type: String?

    @Option(help: "How many at most; 1 to 1000.")
    var limit = 100

    /// The operations that need a person.
    func operations(_ client: APIClient) async throws -> [JSONNode] {
        var components = URLComponents()
        components.queryItems = [("attention", "true"), ("page-size", String(limit)), ("type", type)].compactMap { name, value in
            value.map { URLQueryItem(name: name, value: $0) }
        }
        let answer = try await client.send(.GET, at: "/v1/operations?\(components.percentEncodedQuery ?? "")")
        guard answer.status == 200 else { throw ClientFailure(answer) }
        return try answer.json().member("operations")?.elements ?? []
    }

    @Flag(help: "Do not ask before acting.")
    var yes = false

    /// On a terminal it is asked for; elsewhere nobody could answer.
    fileprivate func isMeant(_ question: String) -> Bool {
        guard !yes, isatty(STDIN_FILENO) == 1 else { return true }
        print("\(question) [y/N]", terminator: " ")
        fflush(nil)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}

/// `stepstream dead list`
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists them.")

    @OptionGroup var options: DeadOptions

    func run() async throws {
        let operations = try await options.client.withClient { try await options.operations($0) }
        for operation in operations { print(options.client.json ? operation.json.text : OperationPrinter(operation: operation).line) }
        if operations.isEmpty, !options.client.json { print("No operation needs a person.") }
    }
}

/// Who acts, and why; the acts of `dead` share it.
struct DeadActOptions: ParsableArguments {
    @OptionGroup var options: DeadOptions

    @Option(help: "Who does it, for the operations' histories (default: your user name).")
    var by: String?

    @Option(help: "Why, for the operations' histories.")
    var reason: String?

    /// Asks for `act` on each that has not ended, and prints what came of it; one that is refused does not keep the others from it.
    func perform(_ act: String) async throws {
        let name = by ?? NSUserName()
        let members = [("by", name.isEmpty ? nil : name), ("reason", reason)].compactMap { key, value in
            value.map { (key, JSONText.Fragment.string($0)) }
        }
        let body = Data(JSONText.object(members).text.utf8)
        let refused = try await options.client.withClient { client in
            var refused = 0
            // One that has failed stays on the list for a day, and nothing can be done about it any more.
            let open = try await options.operations(client).filter { $0.member("endedAt") == nil }
            guard !open.isEmpty, options.isMeant("\(act) \(open.count) operations?") else { return refused }
            for operation in open {
                guard let id = operation.member("id")?.string else { continue }
                let answer = try await client.send(.POST, at: "/v1/operations/\(try pathSegment(id)):\(act)", body: body)
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
    static let configuration = CommandConfiguration(commandName: "retry", abstract: "Has each of them tried again.")

    @OptionGroup var act: DeadActOptions

    func run() async throws { try await act.perform("retry") }
}

/// `stepstream dead skip`
struct DeadSkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "skip", abstract: "Passes over what each of them is stuck at.")

    @OptionGroup var act: DeadActOptions

    func run() async throws { try await act.perform("skip") }
}

/// `stepstream dead undo`
struct DeadUndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "undo", abstract: "Gives each of them up: what was done is undone.")

    @OptionGroup var act: DeadActOptions

    func run() async throws { try await act.perform("undo") }
}
