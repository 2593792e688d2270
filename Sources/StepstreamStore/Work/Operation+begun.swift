import RedisClient
import Stepstream

/// Reads what the begin script answers of an operation: only what an attempt and the decision about its outcome need.
extension Operation {
    mutating func take(_ value: RedisReply, for target: BeginKind.Target) throws(StoreError) {
        switch target {
        case .state(.callback): callback = try CallbackText.decode(text(value, field: Fields.callback))
        case .state: break
        case .type: type = try parse(Name(text(value, field: Fields.type)), field: Fields.type)
        case .tenant: try takeTenant(value)
        case .input: input = JSONText(trusted: try text(value, field: Fields.input))
        case .traceparent: traceparent = try text(value, field: Fields.traceparent)
        case .cancel: (cancelRequested, hasPassedDeadline) = (true, try text(value, field: Fields.cancel) == Fields.deadlinePassed)
        case .created: createdAt = Milliseconds(Int64(try parse(value.integer, field: Fields.created)))
        case .resources: resources = try list(value)
        case .error: error = JSONText(trusted: try text(value, field: Fields.error))
        case .record(let work, let field): try takeRecord(value, work: work, field: field)
        }
    }

    private mutating func takeTenant(_ value: RedisReply) throws(StoreError) {
        if value.equals("default") { return }  // as it is already; nearly all are, and parsing a name is not free
        tenant = try parse(Name(text(value, field: Fields.tenant)), field: Fields.tenant)
    }

    private mutating func takeRecord(_ value: RedisReply, work: Work, field: Fields.Record) throws(StoreError) {
        var record = self.record(work) ?? StepRecord(.waiting)
        let name = Fields.record(work, field: field)
        switch field {
        case .status: record.status = try parse(StepStatus(rawValue: text(value, field: name)), field: name)
        case .uncertain: record.isUncertain = true
        case .result: record.result = JSONText(trusted: try text(value, field: name))
        case .attempts, .crashes, .lease, .started, .ended, .error, .entry: break
        }
        switch work.direction {
        case .forward: steps[work.step] = record
        case .undo: undos[work.step] = record
        }
    }

    private func list(_ value: RedisReply) throws(StoreError) -> [String] {
        let text = try text(value, field: Fields.resources)
        do throws(JSONFault) {
            return try JSONNode.parse(text).elements.compactMap(\.string)
        } catch {
            throw StoreError.corrupt(Fields.resources, of: id, cause: error)
        }
    }

    private func text(_ value: RedisReply, field: String) throws(StoreError) -> String {
        try parse(value.string, field: field)
    }

    private func parse<Value>(_ value: Value?, field: String) throws(StoreError) -> Value {
        guard let value else { throw StoreError.corrupt(field, of: id) }
        return value
    }
}
