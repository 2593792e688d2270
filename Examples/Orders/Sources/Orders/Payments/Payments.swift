package import GRDB

/// The payment provider: charges a card and pays back, as unreliably as `PaymentMishap` says.
package struct Payments: StepService {
    package init() {}

    package var name: ServiceName { .payments }
    package var forwardPath: String { "/charge" }
    package var undoPath: String { "/refund" }

    package func migrate(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("payments") { db in
            try db.execute(
                sql: """
                    CREATE TABLE payment (
                        key TEXT PRIMARY KEY,
                        operation TEXT NOT NULL,
                        orderId INTEGER NOT NULL,
                        cents INTEGER NOT NULL CHECK (cents >= 0),
                        refundedCents INTEGER NOT NULL DEFAULT 0 CHECK (refundedCents IN (0, cents))
                    ) STRICT;
                    CREATE TABLE mishap (key TEXT PRIMARY KEY, orderId INTEGER NOT NULL, kind TEXT NOT NULL) STRICT;
                    """
            )
        }
    }

    package func perform(_ call: StepCall, in db: Database) throws -> Verdict {
        let cents: Int64
        do {
            cents = try Price.cents(of: call.order)
        } catch {
            return .final(.problem(422, "unpriceable", "The order has no price", error.reason))
        }
        let mishap = try firstMishap(of: call, in: db)
        switch mishap {
        case .declined:
            return .final(.problem(402, "card-declined", "The card was declined", "Order \(call.order.orderId) was not charged."))
        case .unavailable:
            return .passing(.problem(503, "unavailable", "The card network does not answer", "Try again.", retryAfter: 1))
        case .answerHeldBack, .connectionCut, nil:
            break
        }
        try db.execute(
            sql: "INSERT INTO payment (key, operation, orderId, cents) VALUES (?, ?, ?, ?)",
            arguments: [call.key.text, call.request.operation, call.order.orderId, cents]
        )
        var answer = try Answer.result(Charged(payment: call.key.text, amount: Price.text(cents), cents: cents))
        switch mishap {
        case .answerHeldBack: answer.delivery = .heldBack
        case .connectionCut: answer.delivery = .cut
        case .declined, .unavailable, nil: break
        }
        return .final(answer)
    }

    /// The order's mishap if this is its first call, remembering that it has had it.
    private func firstMishap(of call: StepCall, in db: Database) throws -> PaymentMishap? {
        guard let mishap = PaymentMishap(orderId: call.order.orderId) else { return nil }
        try db.execute(
            sql: "INSERT OR IGNORE INTO mishap (key, orderId, kind) VALUES (?, ?, ?)",
            arguments: [call.key.text, call.order.orderId, mishap.rawValue]
        )
        return db.changesCount > 0 ? mishap : nil
    }

    package func undo(_ call: StepCall, of key: IdempotencyKey, in db: Database) throws -> Answer {
        let cents = try Int64.fetchOne(
            db,
            sql: "UPDATE payment SET refundedCents = cents WHERE key = ? AND refundedCents = 0 RETURNING cents",
            arguments: [key.text]
        )
        return try .result(Refunded(refunded: cents != nil, amount: Price.text(cents ?? 0), cents: cents ?? 0))
    }

    private struct Charged: Encodable {
        var payment: String
        var amount: String
        var cents: Int64
    }

    private struct Refunded: Encodable {
        /// False when nothing had been charged.
        var refunded: Bool
        var amount: String
        var cents: Int64
    }
}
