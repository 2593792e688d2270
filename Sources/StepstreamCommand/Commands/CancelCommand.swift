import ArgumentParser
import NIOHTTP1
import Foundation

/// `stepstream cancel`
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Requests the cancellation of an operation.",
        discussion:
            "Waiting steps are canceled at once, running ones are asked to stop. Completed steps are undone if the definition says how."
    )

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    func run() async throws {
        let answer = try await options.withClient { try await $0.send(.POST, at: "/v1/operations/\(try pathSegment(id)):cancel") }
        guard answer.status == 202 else { throw ClientFailure(answer) }
        print(options.json ? answer.body : OperationPrinter(operation: try answer.json()).page)
    }
}

/// `id` as a part of a path; refused early when it cannot be an ID.
func pathSegment(_ id: String) throws -> String {
    guard id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }),
        !id.isEmpty
    else {
        throw ValidationError("\"\(id)\" is not valid; must be 1 to 128 letters, digits, _ and -.")
    }
    return id
}
