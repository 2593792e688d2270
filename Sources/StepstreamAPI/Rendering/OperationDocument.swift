package import HTTPTypes
package import Hummingbird
import NIOCore
package import Stepstream

/// An operation as JSON and header fields, as docs/http.md shows it.
package struct OperationDocument {
    package let operation: Operation
    /// The definition it was accepted with; nil if the store has it no longer: steps are then in the order of their names.
    package let definition: Definition?
    package let base: String
    /// In how many seconds asking again is worth while; nil once ended.
    package let retryAfter: Int?
    package let location: String
    private let stepNames: [Name]

    package init(operation: Operation, definition: Definition?, base: String, retryAfter: Int?) {
        location = String(joining: base, by: "/v1/operations/", to: operation.id.text)
        stepNames = definition?.steps.map(\.name) ?? operation.steps.keys.sorted()
        self.base = base
        self.retryAfter = retryAfter
        self.operation = operation
        self.definition = definition
    }

    package var tag: EntityTag { EntityTag(of: operation) }

    package var json: JSONText {
        var json = JSONWriter(reserving: Self.usualSize)
        write(to: &json)
        return json.json
    }

    /// The document as the body of an answer.
    var body: ByteBuffer {
        var json = JSONWriter(reserving: Self.usualSize)
        write(to: &json)
        return json.withBytes { ByteBuffer(bytes: $0) }
    }

    /// Room for most documents of an operation of few steps.
    static let usualSize = 1000

    /// Writes the document. Names, IDs and states need no escape.
    func write(to json: inout JSONWriter) {
        json.fixed(#"{"id":""#)
        json.raw(operation.id.text)
        json.fixed(#"","type":""#)
        json.raw(operation.type.text)
        json.fixed(#"","status":""#)
        json.raw(operation.status.rawValue)
        json.fixed(#"","phase":""#)
        json.raw(operation.phase.rawValue)
        json.fixed(#"","version":"#)
        json.integer(operation.version)
        json.fixed(#","createdAt":"#)
        json.time(operation.createdAt)
        json.fixed(#","updatedAt":"#)
        json.time(operation.updatedAt)
        if let time = operation.endedAt {
            json.fixed(#","endedAt":"#)
            json.time(time)
        }
        if let time = operation.notBefore {
            json.fixed(#","notBefore":"#)
            json.time(time)
        }
        if operation.hasPassedDeadline {
            json.fixed(#","deadlinePassed":true"#)
        } else if operation.cancelRequested {
            json.fixed(#","cancelRequested":true"#)
        }
        json.fixed(#","percentComplete":"#)
        json.integer(percentComplete)
        json.fixed(#","steps":["#)
        for index in stepNames.indices {
            if index > 0 { json.fixed(",") }
            write(stepNames[index], to: &json)
        }
        json.fixed(#"],"result":"#)
        json.raw(operation.status == .succeeded ? result.text : "null")
        json.fixed(#","error":"#)
        json.raw(operation.error.map { absolute($0).text } ?? "null")
        json.fixed(#","metadata":"#)
        json.raw(operation.metadata?.text ?? "{}")
        if !operation.resources.isEmpty {
            json.fixed(#","resources":"#)
            json.raw(JSONText.array(operation.resources.map { .string($0) }).text)
        }
        writeLinks(to: &json)
        json.fixed("}")
    }

    private func writeLinks(to json: inout JSONWriter) {
        let link = JSONWriter.inside(location)
        json.fixed(#","links":{"self":""#)
        json.raw(link)
        json.fixed(#"","events":""#)
        json.raw(link)
        json.fixed(#"/events","deliveries":""#)
        json.raw(link)
        json.fixed(#"/deliveries","cancel":""#)
        json.raw(link)
        json.fixed(#":cancel"}"#)
    }

    private func write(_ name: Name, to json: inout JSONWriter) {
        json.fixed(#"{"name":""#)
        json.raw(name.text)
        if let index = definition?.index(of: name), let mode = definition?.steps[index].mode {
            json.fixed(#"","mode":""#)
            json.raw(mode.rawValue)
            if mode == .async, let queue = definition?.steps[index].queue {
                json.fixed(#"","queue":""#)
                json.raw(queue.text)
            }
        }
        json.fixed(#"","#)
        write(operation.steps[name] ?? StepRecord(.waiting), to: &json)
        if let undo = operation.undos[name] {
            json.fixed(#","undo":{"#)
            write(undo, to: &json)
            json.fixed("}")
        }
        json.fixed("}")
    }

    private func write(_ record: StepRecord, to json: inout JSONWriter) {
        json.fixed(#""status":""#)
        json.raw(record.status.rawValue)
        json.fixed(#"","attempts":"#)
        json.integer(record.attempts)
        if record.crashes > 0 {
            json.fixed(#","crashes":"#)
            json.integer(record.crashes)
        }
        if record.isUncertain { json.fixed(#","uncertain":true"#) }
        if let time = record.startedAt {
            json.fixed(#","startedAt":"#)
            json.time(time)
        }
        if let time = record.endedAt {
            json.fixed(#","endedAt":"#)
            json.time(time)
        }
        if let result = record.result {
            json.fixed(#","result":"#)
            json.raw(result.text)
        }
        if let error = record.error {
            json.fixed(#","error":"#)
            json.raw(absolute(error).text)
        }
    }

    /// Adds the fields by which a client finds the operation again.
    package func addLinks(to response: inout Response) {
        let field = HTTPField(name: .location, value: location)
        response.headers.append(field)
        response.headers.append(field.named(.operationLocation))
        response.headers.append(HTTPField(name: .operationID, value: operation.id.text))
    }

    /// Adds the header fields that say when to ask again, and with which tag.
    package func addFreshness(to response: inout Response) {
        response.headers.append(HTTPField(name: .eTag, value: tag.text))
        if let retryAfter {
            response.headers.append(retryAfter == 1 ? .againInASecond : HTTPField(name: .retryAfter, value: String(retryAfter)))
        }
        if operation.status.isEnded, let expires = operation.expiresAt {
            response.headers.append(HTTPField(name: .expires, value: HTTPDate.text(expires)))
        }
    }

    /// The last step's result; what a transition just applied may know it only there.
    private var result: JSONText {
        operation.result ?? stepNames.last.flatMap { operation.steps[$0]?.result } ?? .null
    }

    private var percentComplete: Int {
        if operation.status.isEnded { return 100 }
        // Before it has begun no step has ended.
        guard operation.status == .running, !stepNames.isEmpty else { return 0 }
        return stepNames.count { operation.steps[$0]?.status.isEnded ?? false } * 100 / stepNames.count
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
