import Stepstream

/// What all transitions of one template do to the fields of an operation's hash; what one writes alone is in its `VaryingFields`.
struct FieldChanges {
    private var set: [(String, String)] = []
    private var stamped: [String] = []
    private var removed: [String] = []

    mutating func add(_ transition: Transition) {
        if let status = transition.status { set.append((Fields.status, status.rawValue)) }
        if let phase = transition.phase { set.append((Fields.phase, phase.rawValue)) }
        if transition.requestsCancel { set.append((Fields.cancel, transition.passesDeadline ? Fields.deadlinePassed : "1")) }
        if transition.dropsCancel { removed.append(Fields.cancel) }
        if transition.result != nil, let last = transition.changes.first(where: { $0.result != nil }) {
            set.append((Fields.resultOf, last.work.step.text))
        }
    }

    mutating func add(_ change: StepChange, to record: StepRecord?) {
        let prefix = Fields.record(change.work)
        let name = { (field: Fields.Record) in Fields.record(prefix, field: field) }
        set.append((name(.status), change.status.rawValue))
        if change.error == .some(.none), record?.error != nil { removed.append(name(.error)) }
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
    mutating func add(creationOf operation: Operation) {
        set += [
            (Fields.type, operation.type.text), (Fields.tenant, operation.tenant.text), (Fields.definition, operation.definition.text),
        ]
        stamped.append(Fields.created)
    }

    func encode(into arguments: inout ScriptArguments, events: [EventDraft]) {
        typealias Template = TransitionCall.Template
        arguments.append(Template.fields, pairs: set)
        arguments.append(Template.stamps, value: stamped)
        arguments.append(Template.drafts, value: events.map(EventLine.encode))
        arguments.append(Template.removals, value: removed)
    }
}
