package import Foundation
import GRDB

/// What the services' databases and the mail folder hold when a replay is over.
package struct Books: Sendable, Hashable {
    package struct Stock: Sendable, Hashable {
        package var productId: Int
        package var name: String
        package var unitsAtStart: Int64
        package var unitsInStock: Int64
    }

    /// What one operation holds: units, cents, or a shipment or mail (then `amount` counts them).
    package struct Holding: Sendable, Hashable {
        package var operation: String
        package var orderId: Int
        package var amount: Int64
        /// Only for stock: the units of each product.
        package var unitsByProduct: [Int: Int] = [:]
    }

    package var stock: [Stock]
    /// By effect; what was released, refunded, canceled or withdrawn is not held any more. An operation that paid twice has two.
    package var holdings: [Effect: [Holding]]

    /// Reads the folder that the services write: each database in one read transaction.
    package init(folder: URL) throws {
        (stock, holdings) = try ServiceDatabase.reader(of: .inventory, in: folder).read { db in
            (try Self.stock(in: db), [.stock: try Self.reservations(in: db)])
        }
        holdings[.money] = try ServiceDatabase.reader(of: .payments, in: folder).read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT operation, orderId, cents - refundedCents AS amount FROM payment WHERE cents <> refundedCents"
            )
            .map(Holding.init(row:))
        }
        holdings[.shipment] = try ServiceDatabase.reader(of: .shipping, in: folder).read { db in
            try Row.fetchAll(db, sql: "SELECT operation, orderId, 1 AS amount FROM shipment WHERE state = 'shipped'").map(
                Holding.init(row:)
            )
        }
        let mailbox = try Mailbox(folder: folder.appending(path: "mail", directoryHint: .isDirectory))
        holdings[.mail] = try mailbox.orders().map { orderId in
            let key = try mailbox.key(in: mailbox.file(of: orderId)) ?? ""
            return Holding(operation: String(key.prefix { $0 != "/" }), orderId: orderId, amount: 1)
        }
    }

    private static func stock(in db: Database) throws -> [Stock] {
        try Row.fetchAll(db, sql: "SELECT productId, name, unitsAtStart, unitsInStock FROM product ORDER BY productId").map {
            Stock(productId: $0["productId"], name: $0["name"], unitsAtStart: $0["unitsAtStart"], unitsInStock: $0["unitsInStock"])
        }
    }

    private static func reservations(in db: Database) throws -> [Holding] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT reservation.key, operation, orderId, productId, units
                FROM reservation JOIN reservationLine USING (key) WHERE state = 'held'
                """
        )
        var holdings: [String: Holding] = [:]
        for row in rows {
            let empty = Holding(operation: row["operation"], orderId: row["orderId"], amount: 0)
            let units: Int = row["units"]
            holdings[row["key"], default: empty].amount += Int64(units)
            holdings[row["key"], default: empty].unitsByProduct[row["productId"], default: 0] += units
        }
        return Array(holdings.values)
    }
}

extension Books.Holding {
    fileprivate init(row: Row) {
        self.init(operation: row["operation"], orderId: row["orderId"], amount: row["amount"])
    }
}
