/// The price of an order in whole cents.
///
/// Each line is `unitPrice × quantity × (1 - discount)`, computed in integers (cents times basis points) and rounded to a cent on
/// its own, half a cent upwards; the order is the sum of its rounded lines plus the freight. Rounding a line at a time is what a
/// printed invoice shows, so its lines add up.
package enum Price {
    /// Dollars or fractions that are no whole cents (no whole basis points), negative, or beyond what an order may cost.
    package struct Unpriceable: Error, Equatable {
        package var reason: String
    }

    /// - Throws: `Unpriceable` when a price is not in whole cents, a discount not in hundredths of a percent, or out of bounds.
    package static func cents(of order: Order) throws(Unpriceable) -> Int64 {
        var sum = try whole(order.freight, scale: 100, most: 1_000_000, what: "freight")
        for line in order.lines {
            sum += try cents(of: line)
        }
        return sum
    }

    package static func cents(of line: Order.Line) throws(Unpriceable) -> Int64 {
        guard (1...1_000_000).contains(line.quantity) else {
            throw Unpriceable(reason: "quantity \(line.quantity) of product \(line.productId) is not between 1 and 1000000")
        }
        let unitCents = try whole(line.unitPrice, scale: 100, most: 10_000, what: "unitPrice of product \(line.productId)")
        let discount = try whole(line.discount, scale: 10_000, most: 1, what: "discount of product \(line.productId)")
        // At most 10^6 cents × 10^6 units × 10^4: 10^16, so it fits; adding 5000 before the division rounds half a cent up.
        return (unitCents * Int64(line.quantity) * (10_000 - discount) + 5_000) / 10_000
    }

    /// `value × scale` as the whole number that its decimal text stands for; binary fractions like 9.8 are off by far less than a millionth.
    private static func whole(_ value: Double, scale: Double, most: Double, what: String) throws(Unpriceable) -> Int64 {
        guard value.isFinite, value >= 0, value <= most else { throw Unpriceable(reason: "\(what) is \(value), not between 0 and \(most)") }
        let scaled = (value * scale).rounded()
        guard abs(scaled - value * scale) < 1e-6 else { throw Unpriceable(reason: "\(what) is \(value), finer than 1/\(Int(scale))") }
        return Int64(scaled)
    }

    /// Cents as people write dollars: `-1234` is `-12.34`.
    package static func text(_ cents: Int64) -> String {
        let fraction = String(cents.magnitude % 100)
        return "\(cents < 0 ? "-" : "")\(cents.magnitude / 100).\(fraction.count < 2 ? "0" : "")\(fraction)"
    }
}
