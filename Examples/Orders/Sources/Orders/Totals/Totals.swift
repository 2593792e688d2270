/// Compares what Stepstream reported with what the services hold.
///
/// An order that succeeded holds its stock, its payment, its shipment and its mail. An order that failed holds what those of its
/// steps hold that succeeded and were not undone; when rollback has done its work that is nothing, and the last check says so.
package struct Totals: Sendable {
    private let orders: [FollowedOrder]
    private let products: [Product]
    private let books: Books

    /// The products are what there was before the first order.
    package init(orders: [FollowedOrder], products: [Product], books: Books) {
        self.orders = orders
        self.products = products
        self.books = books
    }

    /// All totals. If strict, a failed order that holds anything breaks one even if its steps say that it does.
    /// - Throws: `Price.Unpriceable` for an order without a price.
    package func checks(strict: Bool) throws -> [Check] {
        var checks = [ended(), notNegative(), start(), try gone()]
        for effect in Effect.allCases {
            checks.append(try succeeded(effect))
            checks.append(try failed(effect))
        }
        return checks + [outsiders(), rolledBack(strict: strict)]
    }

    private func ended() -> Check {
        let open = orders.filter { !$0.hasEnded }
        return Check(
            "orders that have ended",
            expected: String(orders.count),
            actual: String(orders.count - open.count),
            differences: open.map { "order \($0.order.orderId): \($0.outcome)" }
        )
    }

    private func notNegative() -> Check {
        let negative = books.stock.filter { $0.unitsInStock < 0 }
        return Check(
            "products whose stock is negative",
            expected: "0",
            actual: String(negative.count),
            differences: negative.map { "product \($0.productId), \($0.name): \($0.unitsInStock)" }
        )
    }

    private func start() -> Check {
        let inBooks = Dictionary(books.stock.map { ($0.productId, $0.unitsAtStart) }, uniquingKeysWith: +)
        let wanted = Dictionary(products.map { ($0.productId, Int64($0.unitsInStock)) }, uniquingKeysWith: +)
        let ids = Set(inBooks.keys).union(wanted.keys).sorted()
        return Check(
            "units in stock at the start",
            expected: String(wanted.values.reduce(0, +)),
            actual: String(inBooks.values.reduce(0, +)),
            differences: ids.filter { inBooks[$0] != wanted[$0] }.map {
                "product \($0): \(inBooks[$0].map(String.init) ?? "none") instead of \(wanted[$0].map(String.init) ?? "none")"
            }
        )
    }

    /// Product by product: what is gone from stock is what orders hold.
    private func gone() throws -> Check {
        var expected: [Int: Int64] = [:]
        let reserved = amounts(.stock)
        for order in orders {
            let holds =
                switch order.hold(.stock) {
                case .all: true
                case .nothing: false
                case .allOrNothing: reserved[order.operation ?? "", default: 0] != 0
                }
            guard holds else { continue }
            expected.merge(order.order.unitsByProduct.mapValues(Int64.init), uniquingKeysWith: +)
        }
        let gone = Dictionary(books.stock.map { ($0.productId, $0.unitsAtStart - $0.unitsInStock) }, uniquingKeysWith: +)
        let different = Set(gone.keys).union(expected.keys).sorted().filter { gone[$0, default: 0] != expected[$0, default: 0] }
        return Check(
            "units gone from stock, each of \(books.stock.count) products",
            expected: String(expected.values.reduce(0, +)),
            actual: String(gone.values.reduce(0, +)),
            differences: different.map {
                "product \($0): \(gone[$0, default: 0]) gone, \(expected[$0, default: 0]) on the orders that hold it"
            }
        )
    }

    private func succeeded(_ effect: Effect) throws -> Check {
        try check("\(effect.title): by orders that succeeded", effect, of: orders.filter { $0.outcome == .succeeded })
    }

    private func failed(_ effect: Effect) throws -> Check {
        try check("\(effect.title): by all other orders, going by their steps", effect, of: orders.filter { $0.outcome != .succeeded })
    }

    private func check(_ name: String, _ effect: Effect, of orders: [FollowedOrder]) throws -> Check {
        let amounts = amounts(effect)
        var expected: Int64 = 0
        var actual: Int64 = 0
        var differences: [String] = []
        for followed in orders {
            let measure = try effect.measure(followed.order)
            let found = followed.operation.flatMap { amounts[$0] } ?? 0
            let wanted =
                switch followed.hold(effect) {
                case .all: measure
                case .nothing: Int64(0)
                case .allOrNothing: found == 0 ? 0 : measure
                }
            expected += wanted
            actual += found
            if let difference = difference(effect, followed, wanted: wanted, found: found) { differences.append(difference) }
        }
        return Check(name, expected: effect.text(expected), actual: effect.text(actual), differences: differences)
    }

    private func difference(_ effect: Effect, _ followed: FollowedOrder, wanted: Int64, found: Int64) -> String? {
        let place = "order \(followed.order.orderId), operation \(followed.operation ?? "none")"
        guard wanted == found else { return "\(place): \(effect.text(found)) instead of \(effect.text(wanted))" }
        guard found != 0 else { return nil }
        let own = (books.holdings[effect] ?? []).filter { $0.operation == followed.operation }
        if own.contains(where: { $0.orderId != followed.order.orderId }) { return "\(place): held under another order's number" }
        if effect == .stock, own.count != 1 || own.first?.unitsByProduct != followed.order.unitsByProduct {
            return "\(place): the units held are not of the products ordered"
        }
        return nil
    }

    /// What is held by operations that this replay did not follow.
    private func outsiders() -> Check {
        let known = Set(orders.compactMap(\.operation))
        let foreign = Effect.allCases.flatMap { effect in
            (books.holdings[effect] ?? []).filter { !known.contains($0.operation) }.map {
                "\(effect.text($0.amount)) \(effect.rawValue) of order \($0.orderId), operation \($0.operation)"
            }
        }
        return Check("holdings of operations outside this replay", expected: "0", actual: String(foreign.count), differences: foreign)
    }

    /// The strict reading: an order that did not succeed holds nothing at all.
    private func rolledBack(strict: Bool) -> Check {
        let others = Set(orders.filter { $0.outcome != .succeeded }.compactMap(\.operation))
        let kept = Effect.allCases.flatMap { effect in
            (books.holdings[effect] ?? []).filter { others.contains($0.operation) }.map {
                "\(effect.text($0.amount)) \(effect.rawValue) of order \($0.orderId)"
            }
        }
        return Check(
            "holdings of orders that did not succeed (nothing once rollback undoes them)",
            expected: "0",
            actual: String(kept.count),
            verdict: kept.isEmpty ? .held : strict ? .broken : .noted,
            details: kept
        )
    }

    private func amounts(_ effect: Effect) -> [String: Int64] {
        Dictionary((books.holdings[effect] ?? []).map { ($0.operation, $0.amount) }, uniquingKeysWith: +)
    }
}
