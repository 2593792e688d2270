import ArgumentParser
import Foundation
import Glibc
import NIOHTTP1
import Stepstream
import UnixSignals

/// `stepstream top`
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows queues, workers and rates, live.",
        discussion: "On a terminal the view refreshes every two seconds until Ctrl-C; otherwise, and with --once, it is printed once."
    )

    @OptionGroup var options: ClientOptions

    @Flag(help: "Print the view once.")
    var once = false

    func run() async throws {
        try await options.withClient { client in
            guard !once, !options.json, isatty(STDOUT_FILENO) == 1 else { return try await printOnce(client) }
            // Asked for once before the screen changes, so that an error can be read.
            _ = try await overview(client)
            TerminalScreen.enter()
            defer { TerminalScreen.leave() }
            try await draw(client)
        }
    }

    private func printOnce(_ client: APIClient) async throws {
        if options.json { return print(try await counts(client).body) }
        print(try await overview(client).lines().joined(separator: "\n"))
    }

    /// Draws until a signal ends it; the screen is left whatever happens.
    private func draw(_ client: APIClient) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals { return }
            }
            group.addTask {
                while !Task.isCancelled {
                    let (columns, rows) = TerminalScreen.size
                    var page = try await overview(client)
                    (page.width, page.isColored) = (columns, TerminalScreen.isColored)
                    TerminalScreen.draw(page.lines(atMost: rows))
                    try await Task.sleep(for: .seconds(2))
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func overview(_ client: APIClient) async throws -> Overview {
        let readiness = try await client.send(.GET, at: "/readyz").json()
        let topology = try await client.send(.GET, at: "/topology").json()
        return Overview(readiness: readiness, topology: topology, counts: try await counts(client).json())
    }

    private func counts(_ client: APIClient) async throws -> APIClient.Answer {
        let answer = try await client.send(.GET, at: "/v1/counts?minutes=15")
        guard answer.status == 200 else { throw ClientFailure(answer) }
        return answer
    }
}
