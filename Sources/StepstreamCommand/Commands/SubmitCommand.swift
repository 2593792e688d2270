import ArgumentParser
import NIOHTTP1
import Foundation
import Stepstream

/// `stepstream submit`
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Submits an operation and prints its ID.",
        discussion: "Example: echo '{\"n\": 1}' | stepstream submit resize-image -"
    )

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's type.")
    var type: String

    @Argument(help: "A file with the input as JSON, or - for standard input (default: no input).")
    var file: String?

    @Option(help: "The operation's ID (default: the server creates one).")
    var id: String?

    @Option(help: "An idempotency key: submitting again with the same key returns the same operation.")
    var key: String?

    @Option(help: "A URL to notify when the operation ends (docs/webhooks.md).")
    var callback: String?

    @Option(help: "Wait up to this many seconds for the end, then print the operation.")
    var wait: Int?

    func run() async throws {
        let input = try readInput()
        var members: [(String, JSONText.Fragment)] = [("type", .string(type)), ("input", .raw(input))]
        if let id { members.append(("id", .string(id))) }
        if let callback { members.append(("callback", .raw(.object(["url": .string(callback)])))) }
        var headers: [(String, String)] = []
        if let key { headers.append(("Idempotency-Key", "\"\(key)\"")) }
        if let wait { headers.append(("Prefer", "wait=\(wait)")) }
        let answer = try await options.withClient { client in
            try await client.send(.POST, at: "/v1/operations", headers: headers, body: Data(JSONText.object(members).text.utf8))
        }
        guard answer.status == 202 else { throw ClientFailure(answer) }
        let operation = try answer.json()
        print(
            options.json ? answer.body : (wait == nil ? operation.member("id")?.string ?? "" : OperationPrinter(operation: operation).page)
        )
    }

    private func readInput() throws -> JSONText {
        let data: Data
        switch file {
        case nil: return .null
        case "-"?: data = FileHandle.standardInput.readDataToEndOfFile()
        case let path?:
            guard let contents = FileManager.default.contents(atPath: path) else {
                throw ValidationError("The file \(path) cannot be read.")
            }
            data = contents
        }
        do {
            return try JSONNode.parse(data).json
        } catch {
            throw ValidationError("The input is not JSON: line \(error.line), column \(error.column): \(error.words)")
        }
    }
}
