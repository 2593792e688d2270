import ArgumentParser
import Foundation
import Glibc
import NIOHTTP1
import Stepstream

/// `stepstream watch`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows an operation live until it ends.",
        discussion: """
            On a terminal the steps are updated in place; otherwise each event is printed on a line. A connection that breaks is opened \
            again, and no event is missed. NO_COLOR=1 turns colors off.

            Exit status: 0 succeeded, 1 failed, 3 canceled; 64 or higher if the operation could not be watched.
            """
    )

    @OptionGroup var options: ClientOptions

    @Argument(help: "The operation's ID.")
    var id: String

    func run() async throws {
        switch try await end() {
        case .succeeded: return
        case .failed: throw ExitCode(1)
        case .canceled: throw ExitCode(3)
        case .notStarted, .running: throw ClientFailure("The server returned an unknown status.")
        }
    }

    /// How the operation ended; a failure of the watch itself has a status that no end has.
    private func end() async throws -> Status {
        do {
            return try await options.withClient { client in try await watch(client) }
        } catch let failure as ClientFailure {
            FileHandle.standardError.write(Data("Error: \(failure)\n".utf8))
            throw ExitCode(EX_UNAVAILABLE)
        }
    }

    private func watch(_ client: APIClient) async throws -> Status {
        let path = "/v1/operations/\(try pathSegment(id))"
        let isTerminal = !options.json && isatty(STDOUT_FILENO) == 1
        var view = LiveView(isColored: TerminalScreen.isColored)
        try await EventFeed(client: client, path: path + "/events").follow { reason in
            FileHandle.standardError.write(Data("The connection broke (\(reason)); reconnecting.\n".utf8))
        } take: { frame in
            let node = try JSONNode.parse(frame.data, maximumDepth: 128)
            let isDocument = frame.event == "snapshot" || frame.event == "reset"
            if isDocument { view.take(document: node) } else { view.take(event: node) }
            if options.json {
                write(frame.data + "\n")
            } else if isTerminal {
                write(view.redrawn())
            } else {
                write(line(of: node, frame: frame) + "\n")
            }
            return isLast(node, frame: frame)
        }
        return try await end(path, client: client)
    }

    /// Whether `frame` is the last.
    private func isLast(_ node: JSONNode, frame: EventFeed.Frame) -> Bool {
        switch frame.event {
        case "snapshot", "reset": node.member("status")?.string.flatMap(Status.init(rawValue:))?.isEnded ?? false
        case "gone", "stepstream.operation.succeeded", "stepstream.operation.failed", "stepstream.operation.canceled": true
        default: false
        }
    }

    /// An event as a line: when, what, and of which step.
    private func line(of node: JSONNode, frame: EventFeed.Frame) -> String {
        guard let type = node.member("type")?.string, type.hasPrefix("stepstream."), let time = node.member("time")?.string else {
            return "\(node.member("updatedAt")?.string ?? "")  \(frame.event)  \(node.member("status")?.string ?? "")"
        }
        var line = "\(time)  \(type.dropFirst("stepstream.".count))"
        if let step = node.member("data")?.member("step")?.string { line += "  \(step)" }
        if let attempt = node.member("data")?.member("attempt")?.int64, attempt > 1 { line += "  attempt \(attempt)" }
        return line
    }

    /// Prints how it ended.
    private func end(_ path: String, client: APIClient) async throws -> Status {
        let answer = try await client.send(.GET, at: path)
        guard answer.status == 200 else { throw ClientFailure(answer) }
        let printer = OperationPrinter(operation: try answer.json())
        write(options.json ? answer.body + "\n" : printer.page + "\n")
        return printer.status ?? .running
    }

    /// Writes at once, also into a pipe.
    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
