/// One order as `orders.ndjson` holds it, and as it is submitted: it is the `input` of a `place-order` operation.
package struct Order: Codable, Sendable, Hashable {
    /// Who orders.
    package struct Customer: Codable, Sendable, Hashable {
        package var id: String
        package var company: String
        package var country: String
    }

    /// Where the goods go.
    package struct Address: Codable, Sendable, Hashable {
        package var name: String
        package var address: String
        package var city: String
        package var postalCode: String?
        package var country: String
    }

    /// So many units of one product.
    package struct Line: Codable, Sendable, Hashable {
        package var productId: Int
        package var quantity: Int
        /// Dollars.
        package var unitPrice: Double
        /// A fraction of the line's price, 0 to 1.
        package var discount: Double

        package init(productId: Int, quantity: Int, unitPrice: Double, discount: Double) {
            self.productId = productId
            self.quantity = quantity
            self.unitPrice = unitPrice
            self.discount = discount
        }
    }

    package var orderId: Int
    package var customer: Customer
    package var shipTo: Address
    package var shipper: String
    /// Dollars.
    package var freight: Double
    package var orderDate: String
    package var requiredDate: String
    package var lines: [Line]

    /// Units on all lines.
    package var units: Int { lines.reduce(0) { $0 + $1.quantity } }

    /// Units per product; an order may name a product on more than one line.
    package var unitsByProduct: [Int: Int] {
        lines.reduce(into: [:]) { $0[$1.productId, default: 0] += $1.quantity }
    }
}

/// What the shop sells, as `products.json` holds it.
package struct Product: Codable, Sendable, Hashable {
    package var productId: Int
    package var name: String
    /// Dollars.
    package var unitPrice: Double
    package var unitsInStock: Int
    package var discontinued: Bool

    package init(productId: Int, name: String, unitPrice: Double, unitsInStock: Int, discontinued: Bool) {
        self.productId = productId
        self.name = name
        self.unitPrice = unitPrice
        self.unitsInStock = unitsInStock
        self.discontinued = discontinued
    }
}
