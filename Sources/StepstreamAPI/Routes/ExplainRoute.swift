import HTTPTypes
import Hummingbird
import Stepstream

/// `/v1/operations/{id}/explain`: what is open of an operation, who holds it until when, and what comes when.
struct ExplainRoute: Sendable {
    private let store: StoreRoles
    private let documents: Documents

    init(_ parts: APIParts) {
        store = parts.store
        documents = parts.documents
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/v1/operations/{id}/explain") { request, context in
            let operation = try await store.operations.operation(context.parameters.get("id"), of: Caller(of: request))
            let definition = try await documents.definition(of: operation)
            let open = definition.map { Decisions($0, version: operation.definition).open(in: operation) } ?? []
            let messages = open.compactMap { work in
                definition?.queue(of: work).map {
                    Message(operation: operation.id, work: work, queue: $0, definition: operation.definition)
                }
            }
            let timers =
                operation.status.isEnded
                ? OperationTimers() : try await store.operations.timers(of: operation.id, definition: operation.definition, for: messages)
            return .json(OperationExplanation(operation: operation, definition: definition, open: open, timers: timers).json)
        }
    }
}

/// What is open of an operation, as JSON.
struct OperationExplanation {
    let operation: Operation
    let definition: Definition?
    let open: [Work]
    let timers: OperationTimers

    var json: JSONText {
        .object([
            ("operation", .string(operation.id.text)), ("status", .string(operation.status.rawValue)),
            ("phase", .string(operation.phase.rawValue)), ("open", .raw(.array(open.map { .raw(entry($0)) }))),
            ("deadline", timers.deadline.map { .string(Timestamp.text($0)) } ?? .null),
        ])
    }

    private func entry(_ work: Work) -> JSONText {
        let record = operation.record(work) ?? StepRecord(.waiting)
        var members: [(String, JSONText.Fragment)] = [
            ("step", .string(work.step.text)), ("direction", .string(work.direction.rawValue)), ("status", .string(record.status.rawValue)),
            ("attempts", .integer(Int64(record.attempts))),
        ]
        let runsInRequest = work.direction == .forward && definition?.step(work.step)?.mode == .sync
        if let queue = definition?.queue(of: work), !runsInRequest { members.append(("queue", .string(queue.text))) }
        if record.status == .running {
            if let owner = record.owner { members.append(("heldBy", .string(Self.consumer(owner)))) }
            if let lease = record.lease { members.append(("leaseUntil", .string(Timestamp.text(lease)))) }
            if let start = record.startedAt { members.append(("startedAt", .string(Timestamp.text(start)))) }
        }
        if let due = timers.due[work] { members.append(("dueAt", .string(Timestamp.text(due)))) }
        return .object(members)
    }

    /// A holder is a consumer and, behind the last slash, which of its calls began the attempt.
    private static func consumer(_ owner: String) -> String {
        owner.lastIndex(of: "/").map { String(owner[..<$0]) } ?? owner
    }
}
