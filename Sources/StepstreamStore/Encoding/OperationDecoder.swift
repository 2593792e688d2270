import RedisClient
import Stepstream

/// Reads an operation from the fields of its hash.
struct OperationDecoder {
    private var operation: Operation
    private var resultOf: Name?
    private let withEvents: Bool

    /// The operation in the answer of HGETALL; nil when there is none.
    static func decode(_ reply: RedisReply, id: OperationID, withEvents: Bool) throws(StoreError) -> Operation? {
        guard reply.count > 0 else { return nil }
        var decoder = OperationDecoder(id: id, withEvents: withEvents)
        var field: String?
        for element in reply {
            if let name = field {
                try decoder.take(name, value: element.string ?? "")
                field = nil
            } else {
                field = element.string ?? ""
            }
        }
        return decoder.finished()
    }

    /// An operation of which only some fields are known; `take` adds them.
    init(id: OperationID, withEvents: Bool = false) {
        operation = Operation(id: id, type: "unknown", definition: .none, input: .null)
        self.withEvents = withEvents
    }

    mutating func take(_ field: String, value: String) throws(StoreError) {
        if field.hasPrefix(Fields.eventPrefix) {
            try takeEvent(field, line: value)
        } else if field.hasPrefix("step:") || field.hasPrefix("undo:") {
            try takeRecord(field, value: value)
        } else {
            try takePlain(field, value: value)
        }
    }

    func finished() -> Operation {
        var operation = operation
        operation.events.sort { $0.sequence < $1.sequence }
        if let resultOf { operation.result = operation.steps[resultOf]?.result }
        return operation
    }

    private mutating func takePlain(_ field: String, value: String) throws(StoreError) {
        switch field {
        case Fields.type: operation.type = try parse(Name(value), field: field)
        case Fields.tenant: operation.tenant = try parse(Name(value), field: field)
        case Fields.definition: operation.definition = try parse(DefinitionVersion(value), field: field)
        case Fields.status: operation.status = try parse(Status(rawValue: value), field: field)
        case Fields.phase: operation.phase = try parse(Phase(rawValue: value), field: field)
        case Fields.version: operation.version = try parse(Int(value), field: field)
        case Fields.created: operation.createdAt = try time(value, field: field)
        case Fields.ended: operation.endedAt = try time(value, field: field)
        case Fields.expires: operation.expiresAt = try time(value, field: field)
        case Fields.notBefore: operation.notBefore = try time(value, field: field)
        case Fields.input: operation.input = JSONText(trusted: value)
        case Fields.metadata: operation.metadata = JSONText(trusted: value)
        case Fields.resources: operation.resources = try texts(value, field: field)
        case Fields.fingerprint: operation.fingerprint = value
        case Fields.traceparent: operation.traceparent = value
        case Fields.cancel: (operation.cancelRequested, operation.hasPassedDeadline) = (true, value == Fields.deadlinePassed)
        case Fields.callback: operation.callback = CallbackText.decode(value)
        case Fields.error: operation.error = JSONText(trusted: value)
        case Fields.resultOf: resultOf = try parse(Name(value), field: field)
        default: break  // the epoch of the operation, and fields of later versions
        }
    }

    private mutating func takeRecord(_ field: String, value: String) throws(StoreError) {
        let parts = field.split(separator: ":", maxSplits: 2)
        guard parts.count == 3, let step = Name(String(parts[1])), let name = Fields.Record(rawValue: String(parts[2])) else { return }
        if parts[0] == "step" {
            try set(name, of: &operation.steps[step, default: StepRecord(.waiting)], to: value, field: field)
        } else {
            try set(name, of: &operation.undos[step, default: StepRecord(.waiting)], to: value, field: field)
        }
    }

    private func set(_ name: Fields.Record, of record: inout StepRecord, to value: String, field: String) throws(StoreError) {
        switch name {
        case .status: record.status = try parse(StepStatus(rawValue: value), field: field)
        case .attempts: record.attempts = try parse(Int(value), field: field)
        case .crashes: record.crashes = try parse(Int(value), field: field)
        case .uncertain: record.isUncertain = true
        case .lease: try setLease(of: &record, value: value, field: field)
        case .started: record.startedAt = try time(value, field: field)
        case .ended: record.endedAt = try time(value, field: field)
        case .result: record.result = JSONText(trusted: value)
        case .error: record.error = JSONText(trusted: value)
        case .entry: break  // no decision depends on it
        }
    }

    private func setLease(of record: inout StepRecord, value: String, field: String) throws(StoreError) {
        guard !value.isEmpty else { return }
        let parts = value.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count == 3 else { return try parse(nil, field: field) }
        record.epoch = Epoch(try parse(Int64(parts[0]), field: field))
        record.lease = try time(parts[1], field: field)
        record.owner = parts[2]
    }

    private mutating func takeEvent(_ field: String, line: String) throws(StoreError) {
        // A list must not fail for one line that nobody asked for.
        if let time = EventLine.time(of: line) { operation.updatedAt = max(operation.updatedAt, time) }
        guard withEvents else { return }
        let sequence = try parse(Int(field.dropFirst(Fields.eventPrefix.count)), field: field)
        operation.events.append(try parse(EventLine.decode(line, sequence: sequence), field: field))
    }

    private func texts(_ value: String, field: String) throws(StoreError) -> [String] {
        do {
            return try JSONNode.parse(value).elements.compactMap(\.string)
        } catch {
            throw StoreError.corrupt(field, of: operation.id, cause: error)
        }
    }

    private func time(_ value: String, field: String) throws(StoreError) -> Milliseconds {
        Milliseconds(try parse(Int64(value), field: field))
    }

    private func parse<Value>(_ value: Value?, field: String) throws(StoreError) -> Value {
        if let value { return value }
        throw StoreError.corrupt(field, of: operation.id)
    }
}

extension DefinitionVersion {
    /// Stands in until the field has been read.
    // swift-format-ignore: NeverForceUnwrap
    static let none = DefinitionVersion("0000000000000000")!
}
