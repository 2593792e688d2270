/// An event of an operation in the JSON format of CloudEvents 1.0.
package struct CloudEvent {
    let event: Event
    let operation: OperationID
    /// What the service's URLs begin with: the source.
    let base: String

    package init(event: Event, operation: OperationID, base: String) {
        self.event = event
        self.operation = operation
        self.base = base
    }

    /// `stepstream.operation.succeeded`, …
    package var type: String { "stepstream." + event.kind.rawValue }

    package var json: JSONText {
        .object([
            "specversion": .string("1.0"), "id": .string("\(operation)/\(event.sequence)"), "source": .string(base), "type": .string(type),
            "subject": .string(operation.text), "time": .string(Timestamp.text(event.time)), "datacontenttype": .string("application/json"),
            "sequence": .string(sequence), "data": .raw(event.data),
        ])
    }

    /// Zero-padded, so that it sorts as text (CloudEvents extension "sequence").
    private var sequence: String {
        let digits = String(event.sequence)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }
}
