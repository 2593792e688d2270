import ArgumentParser
import Foundation
import NIOHTTP1
import Stepstream

/// Who acts on which operation, and why; `retry`, `skip` and `undo` share it.
struct OperatorOptions: ParsableArguments {
    @OptionGroup var client: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    @Option(help: "Who does it, for the operation's history (default: your user name).")
    var by: String?

    @Option(help: "Why, for the operation's history.")
    var reason: String?

    /// Asks for `act` and prints the operation after it.
    func perform(_ act: String, adding more: [(String, JSONText.Fragment)] = []) async throws {
        var members = more
        let name = by ?? NSUserName()
        if !name.isEmpty { members.append(("by", .string(name))) }
        if let reason { members.append(("reason", .string(reason))) }
        let body = Data(JSONText.object(members).text.utf8)
        let path = "/v1/operations/\(try pathSegment(id)):\(act)"
        let answer = try await client.withClient { try await $0.send(.POST, at: path, body: body) }
        guard answer.status == 202 else { throw ClientFailure(answer) }
        print(client.json ? answer.body : OperationPrinter(operation: try answer.json()).page)
    }
}

/// `stepstream retry`
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Has a failed undo or a held step tried again.",
        discussion: "With a fresh budget of attempts, under the same idempotency key. What waits for its next attempt is tried now."
    )

    @OptionGroup var options: OperatorOptions

    func run() async throws { try await options.perform("retry") }
}

/// `stepstream skip`
struct SkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Passes over a failed undo, or takes a held step as done.",
        discussion: "Look at the effect first: nobody does after this."
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
        abstract: "Gives a held or retrying step up, and rolls the operation back.",
        discussion: "The operation then ends as Failed, with the step's problem."
    )

    @OptionGroup var options: OperatorOptions

    func run() async throws { try await options.perform("undo") }
}
