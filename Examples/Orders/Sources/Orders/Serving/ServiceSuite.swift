package import Foundation
package import Logging
import ServiceLifecycle

/// Where the three services listen.
package struct ServicePorts: Sendable, Hashable {
    package var inventory: Int
    package var payments: Int
    package var shipping: Int

    package init(inventory: Int, payments: Int, shipping: Int) {
        self.inventory = inventory
        self.payments = payments
        self.shipping = shipping
    }

    package subscript(name: ServiceName) -> Int {
        switch name {
        case .inventory: inventory
        case .payments: payments
        case .shipping: shipping
        }
    }

    /// The variables with which `place-order.yaml` finds the services.
    package var environment: [String: String] {
        var environment: [String: String] = [:]
        for name in ServiceName.allCases {
            environment["ORDERS_\(name.rawValue.uppercased())_URL"] = "http://127.0.0.1:\(self[name])"
        }
        return environment
    }
}

/// The three services, each with its own database, in one process.
package struct ServiceSuite: Sendable {
    /// To be run side by side, for as long as the services are wanted.
    package let servers: [StepServer]
    private let listening: Listening

    /// Opens the databases in the folder, creating them at the first start.
    package init(
        products: [Product],
        folder: URL,
        ports: ServicePorts,
        heldBack: Duration = .seconds(20),
        logger: Logger
    ) throws {
        let listening = Listening()
        let services: [any StepService] = [Inventory(products: products), Payments(), Shipping()]
        servers = try services.map { service in
            StepServer(
                service: service,
                ledger: AnswerLedger(service: service, database: try ServiceDatabase.open(service, in: folder)),
                port: ports[service.name],
                heldBack: heldBack,
                logger: logger,
                isListening: { listening.note($0, port: $1) }
            )
        }
        self.listening = listening
    }

    /// The ports, once all three listen. May be asked once.
    /// - Throws: `CancellationError` when that is not to be.
    package func ports() async throws -> ServicePorts {
        var found: [ServiceName: Int] = [:]
        for await (name, port) in listening.stream {
            found[name] = port
            if let inventory = found[.inventory], let payments = found[.payments], let shipping = found[.shipping] {
                return ServicePorts(inventory: inventory, payments: payments, shipping: shipping)
            }
        }
        throw CancellationError()
    }
}

/// Carries the news that a service listens.
private struct Listening: Sendable {
    let stream: AsyncStream<(ServiceName, Int)>
    private let continuation: AsyncStream<(ServiceName, Int)>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func note(_ name: ServiceName, port: Int) {
        continuation.yield((name, port))
    }
}
