import ArgumentParser
import NIOHTTP1
import Foundation
import Stepstream

/// `stepstream watch`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows an operation live until it ends.",
        discussion: "Exit status: 0 succeeded, 1 failed, 3 canceled; 64 and above when it could not be watched."
    )

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    func run() async throws {
        let end = try await options.withClient { client in try await watch(client) }
        switch end {
        case .succeeded: return
        case .failed: throw ExitCode(1)
        case .canceled: throw ExitCode(3)
        case .notStarted, .running: throw ClientFailure("The server answered an unknown status.")
        }
    }

    /// Each request waits at the server until the version differs from the one shown, so nothing is polled.
    private func watch(_ client: APIClient) async throws -> Status {
        var shown: String?
        let path = "/v1/operations/\(try pathSegment(id))"
        while true {
            let headers = shown.map { [("If-None-Match", $0)] } ?? []
            let answer = try await client.send(.GET, shown == nil ? path : path + "?wait=30s", headers: headers)
            if answer.status == 304 { continue }
            guard answer.status == 200 else { throw ClientFailure(answer) }
            shown = answer.headers["etag"]
            let printer = OperationPrinter(operation: try answer.json())
            // Written at once, also into a pipe: whoever watches wants to see it now.
            FileHandle.standardOutput.write(Data((options.json ? answer.body + "\n" : printer.page + "\n\n").utf8))
            if let status = printer.status, status.isEnded { return status }
        }
    }
}
