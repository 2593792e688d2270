package import AsyncHTTPClient
package import Foundation
package import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Everything in one go: Stepstream as a child process, the three services in this one, the orders replayed, the totals checked.
package final class Demo: Sendable {
    /// The options of the demo.
    package struct Options: Sendable {
        /// Takes `orders` (the services' databases and the mail), the logs, and all that Stepstream keeps.
        package var folder: URL
        package var definitions: URL
        package var stepstream: URL
        /// This program, which Stepstream starts for the mail.
        package var orders: URL
        /// Stepstream's port; 0 for any free one.
        package var port: Int
        package var ports: ServicePorts
        package var concurrency: Int
        package var strict: Bool
        /// Whether to end with the summary rather than go on serving.
        package var once: Bool
        package var json: Bool
        /// Whether Stepstream is killed now and then.
        package var chaos: Chaos?

        package init(
            folder: URL,
            definitions: URL,
            stepstream: URL,
            orders: URL,
            port: Int,
            ports: ServicePorts,
            concurrency: Int,
            strict: Bool,
            once: Bool,
            json: Bool,
            chaos: Chaos? = nil
        ) {
            self.folder = folder
            self.definitions = definitions
            self.stepstream = stepstream
            self.orders = orders
            self.port = port
            self.ports = ports
            self.concurrency = concurrency
            self.strict = strict
            self.once = once
            self.json = json
            self.chaos = chaos
        }

        package var ordersFolder: URL { folder.appending(path: "orders", directoryHint: .isDirectory) }
        var mail: URL { ordersFolder.appending(path: "mail", directoryHint: .isDirectory) }
        package var log: URL { folder.appending(path: "stepstream.log") }
    }

    private let options: Options
    private let catalogue: Catalogue
    private let http: HTTPClient
    private let logger: Logger
    private let summary = Mutex<Summary?>(nil)

    package init(options: Options, catalogue: Catalogue, http: HTTPClient, logger: Logger) {
        self.options = options
        self.catalogue = catalogue
        self.http = http
        self.logger = logger
    }

    /// Runs until SIGTERM, SIGINT, or (`once`) until the summary is printed.
    /// - Returns: the summary; nil when it was stopped before there was one.
    package func run() async throws -> Summary? {
        try FileManager.default.createDirectory(at: options.ordersFolder, withIntermediateDirectories: true)
        let lock = try RunLock(folder: options.folder)
        defer { withExtendedLifetime(lock) {} }
        guard FileManager.default.isExecutableFile(atPath: options.stepstream.path(percentEncoded: false)) else {
            throw OrdersFailure("\(options.stepstream.path(percentEncoded: false)) is missing: build it with `swift build -c release`.")
        }
        let port = options.port == 0 ? try FreePort.any() : options.port
        try await FreePort.wait(for: port, atMost: .seconds(15))
        let suite = try ServiceSuite(
            products: catalogue.products,
            folder: options.ordersFolder,
            ports: options.ports,
            logger: logger
        )
        try await group(suite: suite, port: port).run()
        return summary.withLock { $0 }
    }

    /// Ends from the last to the first: no more submissions, then Stepstream, then the services that it calls.
    private func group(suite: ServiceSuite, port: Int) -> ServiceGroup {
        let stepstream = StepstreamProcess(
            executable: options.stepstream,
            arguments: Self.arguments(port: port, options: options),
            log: options.log,
            chaos: options.chaos,
            environment: { [options] in
                try await ProcessInfo.processInfo.environment.merging(suite.ports().environment) { $1 }.merging(
                    [
                        "ORDERS_COMMAND": options.orders.path(percentEncoded: false),
                        "ORDERS_MAIL_FOLDER": options.mail.absoluteURL.path(percentEncoded: false),
                    ]
                ) { $1 }
            }
        )
        let show = Show(base: "http://127.0.0.1:\(port)", options: options) { [self] base in try await replay(base: base) }
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = suite.servers.map {
            .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        services.append(.init(service: stepstream, failureTerminationBehavior: .gracefullyShutdownGroup))
        services.append(
            .init(
                service: show,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup
            )
        )
        return ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigint, .sigterm], logger: logger)
        )
    }

    /// How `stepstream dev` is started; all else it takes from the environment.
    static func arguments(port: Int, options: Options) -> [String] {
        [
            "dev", "--until-stdin-closes", "--port", String(port),
            "--definitions", options.definitions.path(percentEncoded: false),
            "--data", options.folder.path(percentEncoded: false),
        ]
    }

    private func replay(base: String) async throws -> Summary {
        try await Readiness(http: http, base: base).wait(atMost: .seconds(60), log: options.log)
        let replay = Replay(
            catalogue: catalogue,
            folder: options.ordersFolder,
            client: StepstreamClient(http: http, base: base, patience: .seconds(120)),
            concurrency: options.concurrency,
            strict: options.strict
        )
        let result = try await replay.run(progress: Progress(total: catalogue.orders.count, descriptor: options.json ? 2 : 1))
        summary.withLock { $0 = result }
        return result
    }
}
