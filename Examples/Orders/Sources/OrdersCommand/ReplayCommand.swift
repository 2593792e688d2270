import ArgumentParser
import AsyncHTTPClient
import Foundation
import Orders

/// `orders replay`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Submits the orders to a running Stepstream, follows each to its end, and checks the totals.",
        discussion: "Ends with status 0 only if all totals hold. Replaying twice finds the operations of the first time."
    )

    @Option(help: "Where Stepstream answers.")
    var url = "http://127.0.0.1:8080"

    @Option(help: "Folder of the services' databases and the mail.")
    var folder = "var/orders"

    @Option(help: "Seconds for which calls are repeated while Stepstream cannot be reached.")
    var patience = 120

    @OptionGroup var replay: ReplayOptions
    @OptionGroup var data: DataOptions

    func run() async throws {
        let catalogue = try data.catalogue()
        let summary = try await HTTPClient.withHTTPClient { http in
            try await Replay(
                catalogue: catalogue,
                folder: URL(filePath: folder, directoryHint: .isDirectory),
                client: StepstreamClient(http: http, base: url, patience: .seconds(patience)),
                concurrency: replay.concurrency,
                strict: replay.strict
            ).run(progress: Progress(total: catalogue.orders.count, descriptor: replay.json ? 2 : 1))
        }
        print(replay.json ? try summary.json : summary.text)
        guard summary.totalsHeld else { throw ExitCode.failure }
    }
}
