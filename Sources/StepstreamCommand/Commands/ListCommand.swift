import ArgumentParser
import Foundation
import NIOHTTP1
import Stepstream

/// `stepstream list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists operations, newest first.")

    @OptionGroup var options: ClientOptions

    @Option(help: "Only operations with this status: NotStarted, Running, Succeeded, Failed or Canceled.")
    var status: String?

    @Option(help: "Only operations of this type.")
    var type: String?

    @Option(help: "Only operations accepted after this time, such as 2026-01-02T03:04:05Z.")
    var createdAfter: String?

    @Flag(help: "Only operations that need attention: failed, or with a held step or a failed undo.")
    var attention = false

    @Option(help: "How many operations at most, 1 to 1000")
    var limit = 20

    func run() async throws {
        var components = URLComponents()
        components.queryItems = [
            ("status", status), ("type", type), ("created-after", createdAfter), ("page-size", String(limit)),
            ("attention", attention ? "true" : nil),
        ].compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
        let answer = try await options.withClient { try await $0.send(.GET, at: "/v1/operations?\(components.percentEncodedQuery ?? "")") }
        guard answer.status == 200 else { throw ClientFailure(answer) }
        if options.json { return print(answer.body) }
        let operations = try answer.json().member("operations")?.elements ?? []
        for operation in operations { print(OperationPrinter(operation: operation).line) }
        if operations.isEmpty { print("No operations.") }
    }
}
