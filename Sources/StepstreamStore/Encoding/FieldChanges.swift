import RedisClient
import Stepstream

/// What a transition does to the fields of an operation's hash.
struct FieldChanges {
    /// What all transitions of its kind write alike.
    private var set: [(String, String)] = []
    private var stamped: [String] = []
    private var removed: [String] = []
    /// What this one alone writes.
    private var own: [(String, String)] = []

    mutating func add(_ transition: Transition) {
        if let status = transition.status { set.append((Fields.status, status.rawValue)) }
        if let phase = transition.phase { set.append((Fields.phase, phase.rawValue)) }
        if let error = transition.error { own.append((Fields.error, error.text)) }
        if transition.requestsCancel { set.append((Fields.cancel, transition.timesOut ? Fields.timedOut : "1")) }
        if transition.dropsCancel { removed.append(Fields.cancel) }
        if transition.result != nil, let last = transition.changes.first(where: { $0.result != nil }) {
            set.append((Fields.resultOf, last.work.step.text))
        }
    }

    mutating func add(_ change: StepChange, to record: StepRecord?) {
        let prefix = Fields.record(change.work)
        let name = { (field: Fields.Record) in Fields.record(prefix, field) }
        set.append((name(.status), change.status.rawValue))
        if let result = change.result { own.append((name(.result), result.text)) }
        switch change.error {
        case .some(.some(let error)): own.append((name(.error), error.text))
        case .some(.none): if record?.error != nil { removed.append(name(.error)) }
        case .none: break
        }
        if change.becomesUncertain { set.append((name(.uncertain), "1")) }
        if change.becomesCertain { removed.append(name(.uncertain)) }
        if change.renewsBudget {
            set.append((name(.attempts), "0"))
            removed.append(name(.crashes))
        }
        if change.returnsAttempt { set.append((name(.attempts), String((record?.attempts ?? 1) - 1))) }
        if change.endsAttempt {
            set.append((name(.lease), ""))
            stamped.append(name(.ended))
        }
    }

    /// The fields of a new operation. What every begin and commit reads stands before what is read once, for a hash is searched from its start.
    mutating func add(creationOf operation: Operation, idempotencyKey: String?) {
        set += [
            (Fields.type, operation.type.text), (Fields.tenant, operation.tenant.text), (Fields.definition, operation.definition.text),
        ]
        stamped.append(Fields.created)
        own += [(Fields.input, operation.input.text), (Fields.fingerprint, operation.fingerprint)]
        if let callback = operation.callback { own.append((Fields.callback, CallbackText.encode(callback))) }
        if let metadata = operation.metadata { own.append((Fields.metadata, metadata.text)) }
        if !operation.resources.isEmpty {
            own.append((Fields.resources, JSONText.array(operation.resources.map { .string($0) }).text))
        }
        if let notBefore = operation.notBefore { own.append((Fields.notBefore, String(notBefore.count))) }
        if let traceparent = operation.traceparent { own.append((Fields.traceparent, traceparent)) }
        if let idempotencyKey { own.append((Fields.idempotency, RedisStore.digest(of: idempotencyKey))) }
    }

    func encodeShape(into arguments: inout RedisArguments, events: [EventDraft]) {
        arguments.append(set.count)
        for (field, value) in set {
            arguments.append(field)
            arguments.append(value)
        }
        arguments.append(stamped.count)
        for field in stamped { arguments.append(field) }
        arguments.append(events.count)
        for event in events { arguments.append("\"type\":\"\(event.kind.rawValue)\",\"data\":\(event.data.text)}") }
        arguments.append(removed.count)
        for field in removed { arguments.append(field) }
    }

    func encodeOwn(into arguments: inout RedisArguments) {
        arguments.append(own.count)
        for (field, value) in own {
            arguments.append(field)
            arguments.append(value)
        }
    }
}
