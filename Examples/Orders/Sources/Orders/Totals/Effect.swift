/// What a step of `place-order` leaves in the world.
package enum Effect: String, Sendable, Hashable, CaseIterable {
    case stock
    case money
    case shipment
    case mail

    /// The step that has it, as `place-order.yaml` names it.
    package var step: String {
        switch self {
        case .stock: "reserve-stock"
        case .money: "charge-payment"
        case .shipment: "ship"
        case .mail: "confirm-by-mail"
        }
    }

    /// How much of it an order comes to: units, cents, or one.
    func measure(_ order: Order) throws -> Int64 {
        switch self {
        case .stock: Int64(order.units)
        case .money: try Price.cents(of: order)
        case .shipment, .mail: 1
        }
    }

    var title: String {
        switch self {
        case .stock: "units reserved"
        case .money: "money taken less refunded"
        case .shipment: "shipments"
        case .mail: "confirmations (.eml)"
        }
    }

    func text(_ amount: Int64) -> String {
        switch self {
        case .money: "$" + Price.text(amount)
        case .stock, .shipment, .mail: String(amount)
        }
    }
}
