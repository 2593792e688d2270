import Foundation
import GRDB
import Orders
import Testing

/// A small world in which two orders succeeded, one failed at its payment and was rolled back, and one failed and was not.
private struct World {
    let folder: URL
    let inventory: Desk
    let payments: Desk
    let shipping: Desk
    var orders: [FollowedOrder] = []

    init(folder: URL) async throws {
        self.folder = folder
        inventory = try Desk(Inventory(products: Product.samples), in: folder)
        payments = try Desk(Payments(), in: folder)
        shipping = try Desk(Shipping(), in: folder)
        try await succeed(Order.sample(1, lines: [.init(productId: 11, quantity: 4, unitPrice: 21, discount: 0)]))
        try await succeed(
            Order.sample(
                2,
                lines: [
                    .init(productId: 11, quantity: 5, unitPrice: 21, discount: 0.1),
                    .init(productId: 42, quantity: 6, unitPrice: 14, discount: 0),
                ]
            )
        )
        try await fail(Order.sample(17, lines: [.init(productId: 42, quantity: 7, unitPrice: 14, discount: 0)]), undo: true)
        try await fail(Order.sample(34, lines: [.init(productId: 42, quantity: 8, unitPrice: 14, discount: 0)]), undo: false)
        orders.append(FollowedOrder(order: .sample(5), operation: "op-5", outcome: .failed(reason: "out-of-stock")))
    }

    private mutating func succeed(_ order: Order) async throws {
        let operation = "op-\(order.orderId)"
        for (desk, effect) in [(inventory, Effect.stock), (payments, .money), (shipping, .shipment)] {
            #expect(try await desk.ledger.perform(StepCall(order, operation: operation, step: effect.step)).status == 200)
        }
        try writeMail(order, operation: operation)
        orders.append(FollowedOrder(order: order, operation: operation, outcome: .succeeded))
    }

    private mutating func fail(_ order: Order, undo: Bool) async throws {
        let operation = "op-\(order.orderId)"
        let call = { StepCall(order, operation: operation, step: Effect.stock.step, undo: $0) }
        #expect(try await inventory.ledger.perform(call(false)).status == 200)
        #expect(try await payments.ledger.perform(StepCall(order, operation: operation, step: Effect.money.step)).status == 402)
        if undo { #expect(try await inventory.ledger.undo(call(true)).status == 200) }
        orders.append(
            FollowedOrder(
                order: order,
                operation: operation,
                outcome: .failed(reason: "card-declined"),
                holds: [.stock: undo ? .nothing : .all]
            )
        )
    }

    func writeMail(_ order: Order, operation: String) throws {
        let request = StepRequest(operation: operation, type: "place-order", step: Effect.mail.step, attempt: 1, input: order)
        _ = try MailStep(folder: folder.appending(path: "mail")).run(
            input: JSONEncoder().encode(request),
            environment: [:],
            withdrawing: false
        )
    }

    func checks(strict: Bool = false) throws -> [Check] {
        try Totals(orders: orders, products: Product.samples, books: Books(folder: folder)).checks(strict: strict)
    }

    /// Breaks a database in a way that the services never would.
    func plant(_ sql: String, in desk: Desk) async throws {
        try await desk.database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
            try db.execute(sql: sql)
        }
    }
}

@Suite("The totals of a replay")
struct TotalsTests {
    @Test("hold in a world where all went as reported, and say what a failed order still holds")
    func hold() async throws {
        try await withFolder { folder in
            let world = try await World(folder: folder)
            let checks = try world.checks()
            #expect(checks.filter { $0.verdict == .broken } == [])
            #expect(checks.count == 14)
            let gone = try #require(checks.first { $0.name.hasPrefix("units gone") })
            #expect(gone.actual == "23")
            #expect(checks.first { $0.name == "units reserved: by orders that succeeded" }?.actual == "15")
            #expect(checks.first { $0.name == "units reserved: by all other orders, going by their steps" }?.actual == "8")
            // 4 × 21 + 5 × 21 × 0.9 + 6 × 14 + 2 × 32.38
            #expect(checks.first { $0.name == "money taken less refunded: by orders that succeeded" }?.actual == "$327.26")
            let last = try #require(checks.last)
            #expect(last.verdict == .noted)
            #expect(last.details == ["8 stock of order 34"])
        }
    }

    @Test("are broken, if strict, by a failed order that holds anything")
    func strict() async throws {
        try await withFolder { folder in
            var world = try await World(folder: folder)
            #expect(try world.checks(strict: true).last?.verdict == .broken)
            let order = world.orders[3].order
            _ = try await world.inventory.ledger.undo(StepCall(order, operation: "op-34", step: Effect.stock.step, undo: true))
            world.orders[3].holds = [:]
            #expect(try world.checks(strict: true).allSatisfy { $0.verdict == .held })
        }
    }

    /// A fault planted in one database, and the check that must find it.
    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var service: ServiceName
        var sql: String
        var check: String
    }

    static let faults = [
        Fault(
            testDescription: "negative stock",
            service: .inventory,
            sql: "UPDATE product SET unitsInStock = -1 WHERE productId = 42",
            check: "products whose stock is negative"
        ),
        Fault(
            testDescription: "a unit too few in stock",
            service: .inventory,
            sql: "UPDATE product SET unitsInStock = unitsInStock - 1 WHERE productId = 11",
            check: "units gone"
        ),
        Fault(
            testDescription: "two products' stock swapped for each other",
            service: .inventory,
            sql: "UPDATE product SET unitsInStock = unitsInStock + CASE productId WHEN 11 THEN 1 ELSE -1 END",
            check: "units gone"
        ),
        Fault(
            testDescription: "another stock at the start",
            service: .inventory,
            sql: "UPDATE product SET unitsAtStart = unitsAtStart + 1, unitsInStock = unitsInStock + 1",
            check: "units in stock at the start"
        ),
        Fault(
            testDescription: "a lost product",
            service: .inventory,
            sql: "DELETE FROM product WHERE productId = 11",
            check: "units in stock at the start"
        ),
        Fault(
            testDescription: "a succeeded order's stock released",
            service: .inventory,
            sql: "UPDATE reservation SET state = 'released' WHERE orderId = 1",
            check: "units reserved: by orders that succeeded"
        ),
        Fault(
            testDescription: "an undone order's stock still held",
            service: .inventory,
            sql: "UPDATE reservation SET state = 'held' WHERE orderId = 17",
            check: "units reserved: by all other orders"
        ),
        Fault(
            testDescription: "units of the wrong product",
            service: .inventory,
            sql: "UPDATE reservationLine SET productId = 42 WHERE key = 'op-1/reserve-stock'",
            check: "units reserved: by orders that succeeded"
        ),
        Fault(
            testDescription: "an order charged twice",
            service: .payments,
            sql: "INSERT INTO payment (key, operation, orderId, cents) VALUES ('again', 'op-1', 1, 11638)",
            check: "money taken less refunded: by orders that succeeded"
        ),
        Fault(
            testDescription: "a cent too much",
            service: .payments,
            sql: "UPDATE payment SET cents = cents + 1 WHERE orderId = 2",
            check: "money taken less refunded: by orders that succeeded"
        ),
        Fault(
            testDescription: "a succeeded order refunded",
            service: .payments,
            sql: "UPDATE payment SET refundedCents = cents WHERE orderId = 2",
            check: "money taken less refunded: by orders that succeeded"
        ),
        Fault(
            testDescription: "a declined order charged",
            service: .payments,
            sql: "INSERT INTO payment (key, operation, orderId, cents) VALUES ('x', 'op-17', 17, 1)",
            check: "money taken less refunded: by all other orders"
        ),
        Fault(
            testDescription: "a shipment lost",
            service: .shipping,
            sql: "DELETE FROM shipment WHERE orderId = 1",
            check: "shipments: by orders that succeeded"
        ),
        Fault(
            testDescription: "two shipments of one order",
            service: .shipping,
            sql:
                "INSERT INTO shipment SELECT 9, 'x', operation, orderId, carrier, recipient, city, country, state FROM shipment WHERE orderId = 1",
            check: "shipments: by orders that succeeded"
        ),
        Fault(
            testDescription: "a failed order shipped",
            service: .shipping,
            sql: "UPDATE shipment SET operation = 'op-17', orderId = 17 WHERE orderId = 1",
            check: "shipments: by all other orders"
        ),
        Fault(
            testDescription: "a shipment under another order's number",
            service: .shipping,
            sql: "UPDATE shipment SET orderId = 17 WHERE orderId = 1",
            check: "shipments: by orders that succeeded"
        ),
        Fault(
            testDescription: "a charge of an operation nobody knows",
            service: .payments,
            sql: "INSERT INTO payment (key, operation, orderId, cents) VALUES ('x', 'stranger', 1, 1)",
            check: "holdings of operations outside"
        ),
    ]

    @Test("find what is wrong in a database", arguments: faults)
    func findFault(fault: Fault) async throws {
        try await withFolder { folder in
            let world = try await World(folder: folder)
            let desk =
                switch fault.service {
                case .inventory: world.inventory
                case .payments: world.payments
                case .shipping: world.shipping
                }
            try await world.plant(fault.sql, in: desk)
            let check = try #require(try world.checks().first { $0.name.hasPrefix(fault.check) })
            #expect(check.verdict == .broken)
            #expect(!check.details.isEmpty)
        }
    }

    @Test("find a mail that is missing, and one too many")
    func findMails() async throws {
        try await withFolder { folder in
            let world = try await World(folder: folder)
            try world.writeMail(world.orders[2].order, operation: "op-17")
            try FileManager.default.removeItem(at: folder.appending(path: "mail/1.eml"))
            let broken = try world.checks().filter { $0.verdict == .broken }.map(\.name)
            #expect(
                broken == [
                    "confirmations (.eml): by orders that succeeded", "confirmations (.eml): by all other orders, going by their steps",
                ]
            )
        }
    }

    @Test("find an order that did not end, and take what it may hold as it is")
    func findUnfinished() async throws {
        try await withFolder { folder in
            var world = try await World(folder: folder)
            world.orders[0].outcome = .unfinished(reason: "Running")
            #expect(try world.checks().filter { $0.verdict == .broken }.map(\.name) == ["orders that have ended"])
        }
    }

    @Test("do not take half for all where an outcome is unknown")
    func allOrNothing() async throws {
        try await withFolder { folder in
            var world = try await World(folder: folder)
            world.orders[0].outcome = .failed(reason: "timeout")
            world.orders[0].holds = [.stock: .all, .money: .allOrNothing, .shipment: .all, .mail: .all]
            #expect(try world.checks().filter { $0.verdict == .broken } == [])
            try await world.plant("UPDATE payment SET cents = 1 WHERE orderId = 1", in: world.payments)
            #expect(
                try world.checks().filter { $0.verdict == .broken }.map(\.name) == [
                    "money taken less refunded: by all other orders, going by their steps"
                ]
            )
            try await world.plant("DELETE FROM payment WHERE orderId = 1", in: world.payments)
            #expect(try world.checks().filter { $0.verdict == .broken } == [])
        }
    }

    @Test("count reasons, and are told in words and as JSON")
    func summary() async throws {
        try await withFolder { folder in
            let world = try await World(folder: folder)
            let summary = Summary(orders: world.orders, checks: try world.checks(), seconds: 1.26)
            #expect(summary.totalsHeld)
            #expect(summary.succeeded == 2)
            #expect(summary.failedByReason == ["card-declined": 2, "out-of-stock": 1])
            #expect(summary.text.contains("5 orders submitted, 2 succeeded, 3 did not (1.3 s, 0 retries)"))
            #expect(summary.text.contains("✓ units gone from stock"))
            #expect(try JSONDecoder().decode(Summary.self, from: Data(summary.json.utf8)) == summary)
        }
    }
}
