package import StepstreamJSON

/// An event of an operation in the JSON format of CloudEvents 1.0.
package struct CloudEvent {
    let event: Event
    let operation: OperationID
    /// What the service's URLs begin with: the source.
    let base: String
    /// That of the operation (CloudEvents extension "Distributed Tracing"): the same wherever and however often the event is sent.
    let traceparent: String?

    package init(event: Event, operation: OperationID, traceparent: String?, base: String) {
        self.event = event
        self.operation = operation
        self.traceparent = traceparent
        self.base = base
    }

    /// `stepstream.operation.succeeded`, …
    package var type: String { "stepstream." + event.kind.rawValue }

    package var json: JSONText {
        let members: [(String, JSONText.Fragment)] = [
            ("specversion", .string("1.0")), ("id", .string("\(operation)/\(event.sequence)")), ("source", .string(base)),
            ("type", .string(type)), ("subject", .string(operation.text)), ("time", .string(Timestamp.text(event.time))),
            ("datacontenttype", .string("application/json")), ("sequence", .string(sequence)),
        ]
        return .object(members + Self.tracing(traceparent) + [("data", .raw(event.data))])
    }

    private static func tracing(_ traceparent: String?) -> [(String, JSONText.Fragment)] {
        traceparent.map { [("traceparent", .string($0))] } ?? []
    }

    private var sequence: String { Self.sequence(event.sequence) }

    /// Zero-padded, so that it sorts as text (CloudEvents extension "sequence").
    private static func sequence(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }
}

// What a watcher on a WebSocket gets besides the history.
extension CloudEvent {
    /// The operation as it is: `kind` is `snapshot` or `reset`.
    package static func state(_ kind: String, of operation: Operation, document: JSONText, base: String) -> JSONText {
        let members: [(String, JSONText.Fragment)] = [
            ("specversion", .string("1.0")), ("id", .string("\(operation.id)/\(operation.version)/\(kind)")), ("source", .string(base)),
            ("type", .string("stepstream.operation.\(kind)")), ("subject", .string(operation.id.text)),
            ("time", .string(Timestamp.text(operation.updatedAt))), ("datacontenttype", .string("application/json")),
            ("sequence", .string(sequence(operation.version))),
        ]
        return .object(members + tracing(operation.traceparent) + [("data", .raw(document))])
    }

    /// The operation has expired or was deleted.
    package static func gone(_ operation: OperationID, base: String) -> JSONText {
        .object([
            "specversion": .string("1.0"), "id": .string("\(operation)/gone"), "source": .string(base),
            "type": .string("stepstream.operation.gone"), "subject": .string(operation.text),
        ])
    }
}
