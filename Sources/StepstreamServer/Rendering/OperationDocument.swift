import Stepstream

/// An operation as JSON, as docs/http.md shows it.
struct OperationDocument {
    let operation: Operation
    /// The definition it was accepted with; nil where the store has forgotten it: steps are then in the order of their names.
    let definition: Definition?
    let base: String

    var location: String { "\(base)/v1/operations/\(operation.id)" }
    var etag: String { "\"\(operation.version)\"" }

    var json: JSONText {
        var members: [(String, JSONText.Fragment)] = [
            ("id", .string(operation.id.text)), ("type", .string(operation.type.text)), ("status", .string(operation.status.rawValue)),
            ("phase", .string(operation.phase.rawValue)), ("version", .integer(Int64(operation.version))),
            ("createdAt", .string(Timestamp.text(operation.createdAt))), ("updatedAt", .string(Timestamp.text(operation.updatedAt))),
        ]
        if let time = operation.endedAt { members.append(("endedAt", .string(Timestamp.text(time)))) }
        if let time = operation.notBefore { members.append(("notBefore", .string(Timestamp.text(time)))) }
        members.append(("percentComplete", .integer(percentComplete)))
        members.append(("steps", .raw(.array(stepNames.map { .raw(step($0)) }))))
        members.append(("result", operation.status == .succeeded ? .raw(result) : .null))
        members.append(("error", operation.error.map { .raw($0) } ?? .null))
        members.append(("metadata", .raw(operation.metadata ?? .emptyObject)))
        members.append(("links", .raw(links)))
        return .object(members)
    }

    /// The last step's result; what a transition just applied may know it only there.
    private var result: JSONText {
        operation.result ?? stepNames.last.flatMap { operation.steps[$0]?.result } ?? .null
    }

    private var stepNames: [Name] { definition?.steps.map(\.name) ?? operation.steps.keys.sorted() }

    private var percentComplete: Int64 {
        if operation.status.isEnded { return 100 }
        let names = stepNames
        guard !names.isEmpty else { return 0 }
        return Int64(names.count { operation.steps[$0]?.status == .succeeded } * 100 / names.count)
    }

    private var links: JSONText {
        .object(["self": .string(location), "events": .string(location + "/events"), "cancel": .string(location + ":cancel")])
    }

    private func step(_ name: Name) -> JSONText {
        let step = definition?.step(name)
        let record = operation.steps[name] ?? StepRecord(.waiting)
        var members: [(String, JSONText.Fragment)] = [("name", .string(name.text))]
        if let step {
            members.append(("mode", .string(step.mode.rawValue)))
            if step.mode == .async { members.append(("queue", .string(step.queue.text))) }
        }
        members += Self.members(of: record)
        if let undo = operation.undos[name] { members.append(("undo", .raw(.object(Self.members(of: undo))))) }
        return .object(members)
    }

    private static func members(of record: StepRecord) -> [(String, JSONText.Fragment)] {
        var members: [(String, JSONText.Fragment)] = [
            ("status", .string(record.status.rawValue)), ("attempts", .integer(Int64(record.attempts))),
        ]
        if record.crashes > 0 { members.append(("crashes", .integer(Int64(record.crashes)))) }
        if let time = record.startedAt { members.append(("startedAt", .string(Timestamp.text(time)))) }
        if let time = record.endedAt { members.append(("endedAt", .string(Timestamp.text(time)))) }
        if let result = record.result { members.append(("result", .raw(result))) }
        if let error = record.error { members.append(("error", .raw(error))) }
        return members
    }
}
