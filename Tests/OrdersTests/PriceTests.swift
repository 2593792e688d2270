import Orders
import Testing

@Suite("The price of an order")
struct PriceTests {
    @Test(
        "a line is rounded to the cent, half a cent upwards",
        arguments: [
            (1, 14.0, 0.0, 1_400), (10, 9.8, 0.0, 9_800), (35, 42.4, 0.15, 126_140), (1, 0.1, 0.05, 10), (1, 0.3, 0.15, 26),
            // 0.5, 1.5 and 2.5 cents; 4.995 and 4.994 dollars
            (1, 0.02, 0.75, 1), (3, 0.02, 0.75, 2), (5, 0.02, 0.75, 3), (1, 5.55, 0.1, 500), (1, 9.99, 0.5, 500), (1, 0.01, 0.51, 0),
            (3, 1.1, 0.0, 330), (1, 2.675, 1.0, -1),
        ]
    )
    func lines(quantity: Int, unitPrice: Double, discount: Double, cents: Int64) throws {
        let line = Order.Line(productId: 1, quantity: quantity, unitPrice: unitPrice, discount: discount)
        guard cents >= 0 else {
            #expect(throws: Price.Unpriceable.self) { try Price.cents(of: line) }
            return
        }
        #expect(try Price.cents(of: line) == cents)
    }

    @Test("each line is rounded on its own, then freight is added")
    func order() throws {
        let half = Order.Line(productId: 1, quantity: 1, unitPrice: 0.01, discount: 0.5)
        // Three times half a cent makes 3 cents a line at a time, and would make 2 together.
        #expect(try Price.cents(of: .sample(lines: [half, half, half])) == 3 + 3_238)
    }

    @Test(
        "what is no price is refused",
        arguments: [
            (0, 1.0, 0.0), (-1, 1, 0), (1_000_001, 1, 0), (1, -0.01, 0), (1, 10_000.01, 0), (1, .nan, 0), (1, .infinity, 0), (1, 1, 1.01),
            (1, 1, -0.1), (1, 1, 0.000_01),
        ] as [(Int, Double, Double)]
    )
    func refused(quantity: Int, unitPrice: Double, discount: Double) {
        let line = Order.Line(productId: 1, quantity: quantity, unitPrice: unitPrice, discount: discount)
        #expect(throws: Price.Unpriceable.self) { try Price.cents(of: line) }
    }

    @Test("the dearest order that is allowed does not overflow")
    func dearest() throws {
        let line = Order.Line(productId: 1, quantity: 1_000_000, unitPrice: 10_000, discount: 0)
        #expect(try Price.cents(of: line) == 1_000_000_000_000)
    }

    @Test("cents are written as dollars", arguments: [(0, "0.00"), (5, "0.05"), (1_234, "12.34"), (-1_205, "-12.05"), (100, "1.00")])
    func text(cents: Int64, text: String) {
        #expect(Price.text(cents) == text)
    }
}
