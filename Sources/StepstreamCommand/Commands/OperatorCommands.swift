import ArgumentParser
import Foundation
import NIOHTTP1
import Stepstream

/// Who issues a command for which operation, and why; `retry`, `skip` and `undo` share it.
struct OperatorOptions: ParsableArguments {
    @OptionGroup var client: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    @Option(help: "Who issues the command, for the operation's history (default: your user name).")
    var by: String?

    @Option(help: "Why, for the operation's history.")
    var reason: String?

    /// Issues `command` and prints the operation after it.
    func perform(_ command: String, adding more: [(String, JSONText.Fragment)] = []) async throws {
        var members = more
        let name = by ?? NSUserName()
        if !name.isEmpty { members.append(("by", .string(name))) }
        if let reason { members.append(("reason", .string(reason))) }
        let body = Data(JSONText.object(members).text.utf8)
        let path = "/v1/operations/\(try pathSegment(id)):\(command)"
        let answer = try await client.withClient { try await $0.send(.POST, at: path, body: body) }
        guard answer.status == 202 else { throw ClientFailure(answer) }
        print(client.json ? answer.body : OperationPrinter(operation: try answer.json()).page)
    }
}

/// `stepstream retry`
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Retries a failed undo or a held step.",
        discussion: "It gets a new set of attempts under the same idempotency key. A step that waits for its next attempt is retried now."
    )

    @OptionGroup var options: OperatorOptions

    func run() async throws { try await options.perform("retry") }
}

/// `stepstream skip`
struct SkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Skips a failed undo, or counts a held step as done.",
        discussion: "Check first what the step or undo has actually done: Stepstream does not check it afterwards."
    )

    @OptionGroup var options: OperatorOptions

    @Option(help: "The result of the held step, as JSON (default: null).")
    var result: String?

    func run() async throws { try await options.perform("skip", adding: try members()) }

    private func members() throws -> [(String, JSONText.Fragment)] {
        guard let result else { return [] }
        do {
            return [("result", .raw(try JSONNode.parse(result).json))]
        } catch {
            throw ValidationError("The result is not JSON: line \(error.line), column \(error.column): \(error.words)")
        }
    }
}

/// `stepstream undo`
struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Gives up a held or retrying step and rolls the operation back.",
        discussion: "The operation then ends as Failed, with the step's problem."
    )

    @OptionGroup var options: OperatorOptions

    func run() async throws { try await options.perform("undo") }
}
