import ArgumentParser
import Foundation
import Orders
import ServiceLifecycle
import UnixSignals

/// `orders services`
struct ServicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "Runs the inventory, payments and shipping services until SIGTERM or Ctrl-C."
    )

    @OptionGroup var ports: PortOptions
    @OptionGroup var data: DataOptions

    @Option(help: "Folder of the databases.")
    var folder = "var/orders"

    func run() async throws {
        let logger = Program.logger()
        let suite = try ServiceSuite(
            products: try data.catalogue().products,
            folder: URL(filePath: folder, directoryHint: .isDirectory),
            ports: ports.ports,
            logger: logger
        )
        let group = ServiceGroup(
            configuration: .init(
                services: suite.servers + [Announcement(suite: suite)],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: logger
            )
        )
        try await group.run()
    }
}

/// Says where the services listen, in the form of the variables that `place-order.yaml` reads.
private struct Announcement: Service {
    let suite: ServiceSuite

    func run() async throws {
        do {
            let ports = try await cancelWhenGracefulShutdown { try await suite.ports() }
            for (name, value) in ports.environment.sorted(by: { $0.key < $1.key }) {
                FileHandle.standardOutput.write(Data("\(name)=\(value)\n".utf8))
            }
            try await gracefulShutdown()
        } catch is CancellationError {
            // Another service failed, and the group reports it.
        }
    }
}
