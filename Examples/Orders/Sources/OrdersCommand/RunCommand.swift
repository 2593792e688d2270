import ArgumentParser
import AsyncHTTPClient
import Foundation
import Orders

/// `orders run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Starts Stepstream and the services, replays the orders, prints the totals, and goes on serving until Ctrl-C.",
        discussion: "Ends with status 0 only if all totals held."
    )

    @Option(help: "Folder for all that is kept.")
    var folder = "var"

    @Option(help: "Stepstream's port; 0 for any free one.")
    var port = 8080

    @Option(help: "Folder of the operation definitions.")
    var definitions = "config/operations"

    @Option(help: "The stepstream program (default: the one beside this program).")
    var stepstream: String?

    @Flag(help: "End after the summary (also: ONCE=1 in the environment).")
    var once = false

    @Flag(
        help: "Kill Stepstream, its worker and its Redis five times while the orders are on their way (also: CHAOS=1 in the environment)."
    )
    var chaos = false

    @Option(help: "From which the moments of the kills come (default: another each time).")
    var seed: UInt64?

    @OptionGroup var ports: PortOptions
    @OptionGroup var replay: ReplayOptions
    @OptionGroup var data: DataOptions

    func run() async throws {
        let program = Program.executable
        let logger = Program.logger()
        let options = Demo.Options(
            folder: URL(filePath: folder, directoryHint: .isDirectory),
            definitions: URL(filePath: definitions, directoryHint: .isDirectory),
            stepstream: stepstream.map { URL(filePath: $0) } ?? program.deletingLastPathComponent().appending(path: "stepstream"),
            orders: program,
            port: port,
            ports: ports.ports,
            concurrency: replay.concurrency,
            strict: replay.strict,
            once: once || ProcessInfo.processInfo.environment["ONCE"] == "1",
            json: replay.json,
            chaos: chosenChaos
        )
        let catalogue = try data.catalogue()
        let summary = try await HTTPClient.withHTTPClient { http in
            try await Demo(options: options, catalogue: catalogue, http: http, logger: logger).run()
        }
        guard summary?.totalsHeld == true else { throw ExitCode.failure }
    }

    private var chosenChaos: Chaos? {
        guard chaos || ProcessInfo.processInfo.environment["CHAOS"] == "1" else { return nil }
        let seed = seed ?? UInt64.random(in: 1...999_999)
        FileHandle.standardError.write(Data("kills at moments of --seed \(seed)\n".utf8))
        return Chaos(kills: 5, seed: seed)
    }
}
