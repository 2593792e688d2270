import AsyncHTTPClient
import Foundation
import GRDB
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import Orders
import ServiceLifecycle
import Testing

/// A folder that is gone after the test.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "orders-\(UUID())", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
        let result = try await body(folder)
        try FileManager.default.removeItem(at: folder)
        return result
    } catch {
        try FileManager.default.removeItem(at: folder)
        throw error
    }
}

extension Order {
    /// An order that nothing goes wrong with, unless its number says so.
    static func sample(_ orderId: Int = 10_248, company: String = "Vins et alcools", lines: [Line] = [.sample]) -> Order {
        let text = """
            {"orderId":\(orderId),"customer":{"id":"VINET","company":"\(company)","country":"France"},
             "shipTo":{"name":"Vins","address":"59 rue","city":"Reims","postalCode":"51100","country":"France"},
             "shipper":"Federal Shipping","freight":32.38,"orderDate":"1996-07-04","requiredDate":"1996-08-01","lines":[]}
            """
        do {
            var order = try JSONDecoder().decode(Order.self, from: Data(text.utf8))
            order.lines = lines
            return order
        } catch {
            preconditionFailure("The sample is no order: \(error)")
        }
    }
}

extension Order.Line {
    /// Twelve of product 11 at $14.
    static let sample = Order.Line(productId: 11, quantity: 12, unitPrice: 14, discount: 0)
}

extension Product {
    static let samples = [
        Product(productId: 11, name: "Queso Cabrales", unitPrice: 21, unitsInStock: 22, discontinued: false),
        Product(productId: 42, name: "Hokkien Mee", unitPrice: 14, unitsInStock: 26, discontinued: false),
    ]
}

extension StepCall {
    init(_ order: Order, operation: String = "op-1", step: String = "a-step", undo: Bool = false, epoch: Int64? = nil, attempt: Int = 1) {
        let forward = IdempotencyKey(operation: operation, step: step)
        self.init(
            key: undo ? forward.undoing : forward,
            epoch: epoch,
            request: StepRequest(operation: operation, type: "place-order", step: step, attempt: attempt, input: order)
        )
    }
}

/// A service with its database, called without HTTP.
struct Desk {
    let ledger: AnswerLedger
    let database: DatabasePool

    init(_ service: any StepService, in folder: URL) throws {
        database = try ServiceDatabase.open(service, in: folder)
        ledger = AnswerLedger(service: service, database: database)
    }

    func count(_ sql: String) async throws -> Int64 {
        try await database.read { try Int64.fetchOne($0, sql: sql) ?? 0 }
    }
}

/// The three services on free ports, called over HTTP.
struct Town {
    let ports: ServicePorts
    let http: HTTPClient

    /// Runs the services for as long as the body.
    static func with<Result: Sendable>(
        folder: URL,
        products: [Product] = Product.samples,
        heldBack: Duration = .seconds(60),
        _ body: @Sendable (Town) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let suite = try ServiceSuite(
            products: products,
            folder: folder,
            ports: ServicePorts(inventory: 0, payments: 0, shipping: 0),
            heldBack: heldBack,
            logger: logger
        )
        let group = ServiceGroup(configuration: .init(services: suite.servers, logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let ports = try await suite.ports()
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await HTTPClient.withHTTPClient { try await body(Town(ports: ports, http: $0)) })
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try outcome.get()
        }
    }

    struct Reply: Equatable {
        var status: Int
        var contentType: String?
        var retryAfter: String?
        var isReplay: Bool
        var body: String
    }

    func post(_ name: ServiceName, _ path: String, _ call: StepCall, timeout: TimeAmount = .seconds(30)) async throws -> Reply {
        let fields = [
            ("idempotency-key", "\"\(call.key.text)\""), ("stepstream-attempt", String(call.request.attempt)),
            ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ]
        return try await post(
            name,
            path,
            headers: fields + (call.epoch.map { [("stepstream-epoch", String($0))] } ?? []),
            body: String(decoding: try JSONEncoder().encode(call.request), as: UTF8.self),
            timeout: timeout
        )
    }

    func post(
        _ name: ServiceName,
        _ path: String,
        headers: [(String, String)],
        body: String,
        timeout: TimeAmount = .seconds(30)
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(ports[name])\(path)")
        request.method = .POST
        request.headers = HTTPHeaders(headers)
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await http.execute(request, timeout: timeout)
        return Reply(
            status: Int(response.status.code),
            contentType: response.headers.first(name: "content-type"),
            retryAfter: response.headers.first(name: "retry-after"),
            isReplay: response.headers.first(name: "idempotency-replayed") == "true",
            body: String(buffer: try await response.body.collect(upTo: 1 << 20))
        )
    }
}
