import ArgumentParser
import Foundation
import Logging
import Orders

/// The orders example: three small services, a mail step, and the replay that drives them through Stepstream.
@main
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract: "830 orders through Stepstream: reserve stock, charge, ship, confirm; and what it all adds up to.",
        subcommands: [RunCommand.self, ServicesCommand.self, ReplayCommand.self, MailCommand.self]
    )
}

/// Where the data files are.
struct DataOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: "Folder of orders.ndjson and products.json (default: Examples/Orders/Data, found from here or from the program)."
    )
    var folder: String?

    func catalogue() throws -> Catalogue {
        try Catalogue(folder: Catalogue.folder(given: folder, executable: Program.executable))
    }
}

/// Where the services listen.
struct PortOptions: ParsableArguments {
    @Option(help: "Port of the inventory service; 0 for any.")
    var inventoryPort = 8091

    @Option(help: "Port of the payments service; 0 for any.")
    var paymentsPort = 8092

    @Option(help: "Port of the shipping service; 0 for any.")
    var shippingPort = 8093

    var ports: ServicePorts { ServicePorts(inventory: inventoryPort, payments: paymentsPort, shipping: shippingPort) }
}

/// How orders are replayed.
struct ReplayOptions: ParsableArguments {
    @Option(help: "How many orders are under way at once.")
    var concurrency = 16

    @Flag(help: "Count it as a broken total when an order that did not succeed holds anything.")
    var strict = false

    @Flag(help: "Print the summary as JSON, and progress to standard error.")
    var json = false
}

/// What the process is.
enum Program {
    static var executable: URL { Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]).absoluteURL }

    /// Logs to standard error, at `LOG_LEVEL` or from `notice` on.
    static func logger() -> Logger {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "orders")
        logger.logLevel = ProcessInfo.processInfo.environment["LOG_LEVEL"].flatMap { Logger.Level(rawValue: $0) } ?? .notice
        return logger
    }
}
