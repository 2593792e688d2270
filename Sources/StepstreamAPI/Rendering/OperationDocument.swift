package import HTTPTypes
package import Hummingbird
package import Stepstream

/// An operation as JSON and header fields, as docs/http.md shows it.
package struct OperationDocument {
    package let operation: Operation
    /// The definition it was accepted with; nil where the store has forgotten it: steps are then in the order of their names.
    package let definition: Definition?
    package let base: String
    /// In how many seconds asking again is worth while; nil once ended.
    package let retryAfter: Int?
    package let location: String
    private let stepNames: [Name]

    package init(operation: Operation, definition: Definition?, base: String, retryAfter: Int?) {
        self.operation = operation
        self.definition = definition
        self.base = base
        self.retryAfter = retryAfter
        location = base + "/v1/operations/" + operation.id.text
        stepNames = definition?.steps.map(\.name) ?? operation.steps.keys.sorted()
    }

    package var tag: EntityTag { EntityTag(of: operation) }

    package var json: JSONText {
        var members: [(String, JSONText.Fragment)] = [
            ("id", .string(operation.id.text)), ("type", .string(operation.type.text)), ("status", .string(operation.status.rawValue)),
            ("phase", .string(operation.phase.rawValue)), ("version", .integer(Int64(operation.version))),
            ("createdAt", .string(Timestamp.text(operation.createdAt))), ("updatedAt", .string(Timestamp.text(operation.updatedAt))),
        ]
        if let time = operation.endedAt { members.append(("endedAt", .string(Timestamp.text(time)))) }
        if let time = operation.notBefore { members.append(("notBefore", .string(Timestamp.text(time)))) }
        if operation.hasPassedDeadline {
            members.append(("deadlinePassed", .bool(true)))
        } else if operation.cancelRequested {
            members.append(("cancelRequested", .bool(true)))
        }
        members.append(("percentComplete", .integer(percentComplete)))
        members.append(("steps", .raw(.array(stepNames.map { .raw(step($0)) }))))
        members.append(("result", operation.status == .succeeded ? .raw(result) : .null))
        members.append(("error", operation.error.map { .raw(absolute($0)) } ?? .null))
        members.append(("metadata", .raw(operation.metadata ?? .emptyObject)))
        if !operation.resources.isEmpty { members.append(("resources", .raw(.array(operation.resources.map { .string($0) })))) }
        members.append(("links", .raw(links)))
        return .object(members)
    }

    /// Adds the fields by which a client finds the operation again.
    package func addLinks(to response: inout Response) {
        response.headers[.location] = location
        response.headers[.operationLocation] = location
        response.headers[.operationID] = operation.id.text
    }

    /// Adds the fields that tell when to ask again, and with which tag.
    package func addFreshness(to response: inout Response) {
        response.headers[.eTag] = tag.text
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        if operation.status.isEnded, let expires = operation.expiresAt { response.headers[.expires] = HTTPDate.text(expires) }
    }

    /// The last step's result; what a transition just applied may know it only there.
    private var result: JSONText {
        operation.result ?? stepNames.last.flatMap { operation.steps[$0]?.result } ?? .null
    }

    private var percentComplete: Int64 {
        if operation.status.isEnded { return 100 }
        guard !stepNames.isEmpty else { return 0 }
        return Int64(stepNames.count { operation.steps[$0]?.status.isEnded ?? false } * 100 / stepNames.count)
    }

    private var links: JSONText {
        .object([
            "self": .string(location), "events": .string(location + "/events"), "deliveries": .string(location + "/deliveries"),
            "cancel": .string(location + ":cancel"),
        ])
    }

    private func step(_ name: Name) -> JSONText {
        let record = operation.steps[name] ?? StepRecord(.waiting)
        var members: [(String, JSONText.Fragment)] = [("name", .string(name.text))]
        if let step = definition?.step(name) {
            members.append(("mode", .string(step.mode.rawValue)))
            if step.mode == .async { members.append(("queue", .string(step.queue.text))) }
        }
        members += self.members(of: record)
        if let undo = operation.undos[name] { members.append(("undo", .raw(.object(self.members(of: undo))))) }
        return .object(members)
    }

    private func members(of record: StepRecord) -> [(String, JSONText.Fragment)] {
        var members: [(String, JSONText.Fragment)] = [
            ("status", .string(record.status.rawValue)), ("attempts", .integer(Int64(record.attempts))),
        ]
        if record.crashes > 0 { members.append(("crashes", .integer(Int64(record.crashes)))) }
        if record.isUncertain { members.append(("uncertain", .bool(true))) }
        if let time = record.startedAt { members.append(("startedAt", .string(Timestamp.text(time)))) }
        if let time = record.endedAt { members.append(("endedAt", .string(Timestamp.text(time)))) }
        if let result = record.result { members.append(("result", .raw(result))) }
        if let error = record.error { members.append(("error", .raw(absolute(error)))) }
        return members
    }

    /// The engine writes the types of its problems as `/problems/…`, first in the object; on the wire they are absolute.
    private func absolute(_ problem: JSONText) -> JSONText {
        let prefix = #"{"type":""# + ProblemType.path
        guard problem.text.hasPrefix(prefix) else { return problem }
        let head = JSONText.string(base).text.dropLast()
        return JSONText(trusted: #"{"type":"# + head + ProblemType.path + problem.text.dropFirst(prefix.count))
    }
}

extension OperationDocument {
    /// How an operation that failed in its sync part is answered: its problem, with the handler's 4xx, else 504 when nobody knows what the
    /// step did and 502. Nil for every other operation.
    package var syncFailure: (json: JSONText, status: HTTPResponse.Status)? {
        guard operation.status == .failed, let error = operation.error else { return nil }
        let problem: JSONNode
        do {
            problem = try JSONNode.parse(absolute(error).text, maximumDepth: 128)
        } catch {
            return nil
        }
        guard let name = problem.member("step")?.string.flatMap(Name.init), definition?.step(name)?.mode == .sync else { return nil }
        let told = problem.member("status")?.int64.map(Int.init) ?? 0
        let isUncertain = told == 504 || operation.steps[name]?.isUncertain == true
        let code = (400..<500).contains(told) ? told : isUncertain ? 504 : 502
        var members = problem.members.filter { !["status", "instance"].contains($0.key) }.map { member in
            (member.key, JSONText.Fragment.raw(member.value.json))
        }
        // RFC 9457 §3.1.2: the member is the status that is answered.
        members.insert(("status", .integer(Int64(code))), at: min(2, members.count))
        members.append(("instance", .string("/v1/operations/\(operation.id)")))
        return (.object(members), HTTPResponse.Status(code: code))
    }
}
