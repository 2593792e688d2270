import Stepstream

/// A delivery in the queue of its receiver: `<id>/<number>`.
struct DeliveryMember {
    let operation: OperationID
    let number: Int

    var text: String { "\(operation)/\(number)" }
}

extension DeliveryMember {
    init?(text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let operation = OperationID(String(parts[0])), let number = Int(parts[1]) else { return nil }
        self.init(operation: operation, number: number)
    }
}
