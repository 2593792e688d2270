import ArgumentParser
import Foundation
import NIOHTTP1
import Stepstream

/// `stepstream list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists operations, newest first.")

    @OptionGroup var options: ClientOptions

    @Option(help: "Only those with this status: NotStarted, Running, Succeeded, Failed, Canceled.")
    var status: String?

    @Option(help: "Only those of this type.")
    var type: String?

    @Option(help: "Only those accepted after this time (RFC 3339).")
    var createdAfter: String?

    @Flag(help: "Only those that need a person: a step is held, or an undo failed.")
    var attention = false

    @Option(help: "How many; 1 to 1000.")
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
