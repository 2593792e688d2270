import ArgumentParser
import Foundation
import Glibc
import NIOHTTP1
import Stepstream

/// `stepstream top`
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows queues and rates, live.",
        discussion: "On a terminal it is drawn anew every two seconds until Ctrl-C; elsewhere, and with --once, it is printed once."
    )

    @OptionGroup var options: ClientOptions

    @Flag(help: "Print it once.")
    var once = false

    func run() async throws {
        let isLive = !once && !options.json && isatty(STDOUT_FILENO) == 1
        try await options.withClient { client in
            while true {
                let readiness = try await client.send(.GET, "/readyz")
                let counts = try await client.send(.GET, "/v1/counts?minutes=15")
                guard counts.status == 200 else { throw ClientFailure(counts) }
                if options.json { return print(counts.body) }
                let page = Overview(readiness: try readiness.json(), counts: try counts.json()).page
                print(isLive ? "\u{1B}[H\u{1B}[2J" + page : page)
                guard isLive else { return }
                fflush(nil)
                try await Task.sleep(for: .seconds(2))
            }
        }
    }
}

/// Queues and rates as lines.
struct Overview {
    let readiness: JSONNode
    let counts: JSONNode

    var page: String {
        let isReady = readiness.member("ready")?.bool ?? false
        var lines = [isReady ? "ready" : "NOT READY"]
        for finding in readiness.member("findings")?.elements ?? [] {
            lines.append("  \(finding.member("severity")?.string ?? ""): \(finding.member("words")?.string ?? "")")
        }
        lines += ["", row("queue", ["messages", "claimed", "oldest s", "unmoved s"])]
        for queue in readiness.member("queues")?.elements ?? [] {
            let seconds = ["oldestWaitingMilliseconds", "unmovedMilliseconds"].map { queue.member($0)?.int64.map { "\($0 / 1000)" } ?? "-" }
            let numbers = ["length", "pending"].map { queue.member($0)?.int64.map(String.init) ?? "-" }
            lines.append(row(queue.member("queue")?.string ?? "?", numbers + seconds))
        }
        lines += ["", row("last 15 minutes", ["in all", "a minute"])]
        for kind in OperationCounts.Kind.allCases {
            let each = (counts.member("minutes")?.elements ?? []).map { $0.member(kind.rawValue)?.int64 ?? 0 }
            let sum = each.reduce(0, +)
            lines.append(row(kind.rawValue, [String(sum), String(format: "%.1f", Double(sum) / 15)]))
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        let head = name.padding(toLength: max(20, name.count), withPad: " ", startingAt: 0)
        return head + cells.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
    }
}
