package import GRDB

/// The warehouse: takes all units of an order or none, and gives them back.
package struct Inventory: StepService {
    /// What there is at the first start; later starts find their stock in the database.
    private let products: [Product]

    package init(products: [Product]) {
        self.products = products
    }

    package var name: ServiceName { .inventory }
    package var forwardPath: String { "/reserve" }
    package var undoPath: String { "/release" }

    package func migrate(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("stock") { db in
            try db.execute(
                sql: """
                    CREATE TABLE product (
                        productId INTEGER PRIMARY KEY,
                        name TEXT NOT NULL,
                        unitsAtStart INTEGER NOT NULL CHECK (unitsAtStart >= 0),
                        unitsInStock INTEGER NOT NULL CHECK (unitsInStock >= 0)
                    ) STRICT;
                    CREATE TABLE reservation (
                        key TEXT PRIMARY KEY,
                        operation TEXT NOT NULL,
                        orderId INTEGER NOT NULL,
                        state TEXT NOT NULL CHECK (state IN ('held', 'released'))
                    ) STRICT;
                    CREATE TABLE reservationLine (
                        key TEXT NOT NULL REFERENCES reservation (key),
                        productId INTEGER NOT NULL REFERENCES product (productId),
                        units INTEGER NOT NULL CHECK (units > 0),
                        PRIMARY KEY (key, productId)
                    ) STRICT;
                    """
            )
            for product in products {
                try db.execute(
                    sql: "INSERT INTO product (productId, name, unitsAtStart, unitsInStock) VALUES (?, ?, ?, ?)",
                    arguments: [product.productId, product.name, product.unitsInStock, product.unitsInStock]
                )
            }
        }
    }

    package func perform(_ call: StepCall, in db: Database) throws -> Verdict {
        let wanted = call.order.unitsByProduct.sorted { $0.key < $1.key }
        guard call.order.lines.allSatisfy({ (1...1_000_000).contains($0.quantity) }), !wanted.isEmpty else {
            return .final(.problem(422, "unreservable", "The order cannot be reserved", "It needs lines of 1 to 1000000 units each."))
        }
        var shortages: [Shortage] = []
        for (productId, units) in wanted {
            let left = try Int.fetchOne(db, sql: "SELECT unitsInStock FROM product WHERE productId = ?", arguments: [productId]) ?? 0
            if left < units { shortages.append(Shortage(productId: productId, wanted: units, left: left)) }
        }
        guard shortages.isEmpty else { return .final(.outOfStock(shortages)) }
        try take(wanted, for: call, in: db)
        return .final(try .result(Reserved(reservation: call.key.text, units: call.order.units)))
    }

    private func take(_ wanted: [(key: Int, value: Int)], for call: StepCall, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO reservation (key, operation, orderId, state) VALUES (?, ?, ?, 'held')",
            arguments: [call.key.text, call.request.operation, call.order.orderId]
        )
        for (productId, units) in wanted {
            try db.execute(
                sql: "UPDATE product SET unitsInStock = unitsInStock - ? WHERE productId = ?",
                arguments: [units, productId]
            )
            try db.execute(
                sql: "INSERT INTO reservationLine (key, productId, units) VALUES (?, ?, ?)",
                arguments: [call.key.text, productId, units]
            )
        }
    }

    package func undo(_ call: StepCall, of key: IdempotencyKey, in db: Database) throws -> Answer {
        try db.execute(sql: "UPDATE reservation SET state = 'released' WHERE key = ? AND state = 'held'", arguments: [key.text])
        guard db.changesCount > 0 else { return try .result(Released(released: false, units: 0)) }
        try db.execute(
            sql: """
                UPDATE product SET unitsInStock = unitsInStock + line.units
                FROM reservationLine AS line WHERE line.key = ? AND line.productId = product.productId
                """,
            arguments: [key.text]
        )
        let units = try Int.fetchOne(db, sql: "SELECT SUM(units) FROM reservationLine WHERE key = ?", arguments: [key.text]) ?? 0
        return try .result(Released(released: true, units: units))
    }

    private struct Reserved: Encodable {
        var reservation: String
        var units: Int
    }

    private struct Released: Encodable {
        /// False when nothing had been reserved.
        var released: Bool
        var units: Int
    }
}

extension Answer {
    fileprivate static func outOfStock(_ shortages: [Shortage]) -> Answer {
        let missing = shortages.map { "product \($0.productId): \($0.left) left, \($0.wanted) ordered" }.joined(separator: "; ")
        return .problem(409, "out-of-stock", "Not enough in stock", "Nothing was reserved. \(missing).", shortages: shortages)
    }
}
