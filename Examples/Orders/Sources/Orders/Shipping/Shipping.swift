package import GRDB

/// The carrier: makes a shipment with a tracking number, and calls it off. An order whose number is divisible by 19 finds it busy at
/// the first call (503 with `Retry-After: 1`).
package struct Shipping: StepService {
    package init() {}

    package var name: ServiceName { .shipping }
    package var forwardPath: String { "/ship" }
    package var undoPath: String { "/cancel-shipment" }

    package func migrate(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("shipments") { db in
            try db.execute(
                sql: """
                    CREATE TABLE shipment (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        key TEXT NOT NULL UNIQUE,
                        operation TEXT NOT NULL,
                        orderId INTEGER NOT NULL,
                        carrier TEXT NOT NULL,
                        recipient TEXT NOT NULL,
                        city TEXT NOT NULL,
                        country TEXT NOT NULL,
                        state TEXT NOT NULL CHECK (state IN ('shipped', 'canceled'))
                    ) STRICT;
                    CREATE TABLE mishap (key TEXT PRIMARY KEY, orderId INTEGER NOT NULL) STRICT;
                    """
            )
        }
    }

    package func perform(_ call: StepCall, in db: Database) throws -> Verdict {
        let order = call.order
        if order.orderId.isMultiple(of: 19) {
            try db.execute(sql: "INSERT OR IGNORE INTO mishap (key, orderId) VALUES (?, ?)", arguments: [call.key.text, order.orderId])
            if db.changesCount > 0 {
                return .passing(.problem(503, "unavailable", "The carrier is busy", "Try again.", retryAfter: 1))
            }
        }
        try db.execute(
            sql: """
                INSERT INTO shipment (key, operation, orderId, carrier, recipient, city, country, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'shipped')
                """,
            arguments: [
                call.key.text, call.request.operation, order.orderId, order.shipper, order.shipTo.name, order.shipTo.city,
                order.shipTo.country,
            ]
        )
        return .final(try .result(Shipped(trackingNumber: Self.trackingNumber(db.lastInsertedRowID), carrier: order.shipper)))
    }

    package func undo(_ call: StepCall, of key: IdempotencyKey, in db: Database) throws -> Answer {
        let number = try Int64.fetchOne(
            db,
            sql: "UPDATE shipment SET state = 'canceled' WHERE key = ? AND state = 'shipped' RETURNING number",
            arguments: [key.text]
        )
        return try .result(Canceled(canceled: number != nil, trackingNumber: number.map(Self.trackingNumber)))
    }

    static func trackingNumber(_ number: Int64) -> String {
        let digits = String(number)
        return "NW" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    private struct Shipped: Encodable {
        var trackingNumber: String
        var carrier: String
    }

    private struct Canceled: Encodable {
        /// False when nothing had been shipped.
        var canceled: Bool
        var trackingNumber: String?
    }
}
