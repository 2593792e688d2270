import RedisClient
import Stepstream

/// Writes a transition as the arguments that prelude.lua's `apply` reads.
struct TransitionEncoder {
    let partition: Keys.Partition
    /// How long an ended operation is kept.
    let retention: Milliseconds

    /// The arguments that every script with the prelude begins with.
    static func head(in partition: Keys.Partition, _ configuration: RedisStore.Configuration) -> RedisArguments {
        var arguments = RedisArguments()
        arguments.append(partition.events)
        arguments.append(partition.wake)
        arguments.append(configuration.history)
        arguments.append(configuration.toldText)
        return arguments
    }

    /// Appends `transition` to `arguments`, and the keys of queues to `keys`.
    ///
    /// - Parameters:
    ///   - transition: what to write.
    ///   - operation: the state that was decided upon.
    ///   - creation: fields to be written besides; those of a new operation.
    ///   - arguments: the script's ARGV so far.
    ///   - keys: the script's KEYS so far.
    func encode(
        _ transition: Transition,
        of operation: Operation,
        creation: [(String, String)] = [],
        into arguments: inout RedisArguments,
        keys: inout KeyList
    ) {
        var fields = FieldChanges(set: creation)
        fields.add(transition)
        for change in transition.changes { fields.add(change, to: operation.record(change.work)) }
        fields.encode(into: &arguments, events: transition.events)
        encodeMessages(transition, into: &arguments, keys: &keys)
        encodeTimers(transition, deadline: DeadlineMember(operation.id, definition: operation.definition), into: &arguments)
        arguments.append(transition.ends ? String(retention.count) : "")
        switch transition.needsAttention {
        case true?: arguments.append("1")
        case false?: arguments.append("0")
        case nil: arguments.append("")
        }
        encodeResources(transition, of: operation, isNew: !creation.isEmpty, into: &arguments, keys: &keys)
    }

    /// What an operation writes to is told when it begins and when it ends.
    private func encodeResources(
        _ transition: Transition,
        of operation: Operation,
        isNew: Bool,
        into arguments: inout RedisArguments,
        keys: inout KeyList
    ) {
        guard isNew || transition.ends, !operation.resources.isEmpty else { return arguments.append(0) }
        arguments.append(operation.resources.count)
        arguments.append(operation.type.text)
        arguments.append(transition.ends ? (transition.status ?? operation.status).rawValue : "")
        for resource in operation.resources { arguments.append(keys.number(of: partition.resource(resource, tenant: operation.tenant))) }
    }

    private func encodeMessages(_ transition: Transition, into arguments: inout RedisArguments, keys: inout KeyList) {
        arguments.append(transition.messages.count)
        for message in transition.messages {
            arguments.append(keys.number(of: partition.queue(message.queue)))
            arguments.append(message.work.step.text)
            arguments.append(message.work.action.rawValue)
            arguments.append(message.definition.text)
        }
    }

    /// Each timer as two numbers, from when on and how long after that, and its member.
    private func encodeTimers(_ transition: Transition, deadline: DeadlineMember, into arguments: inout RedisArguments) {
        arguments.append(transition.obsoleteTimers.count + (transition.dropsDeadline ? 1 : 0))
        for message in transition.obsoleteTimers { arguments.append(TimerMember(message).text) }
        if transition.dropsDeadline { arguments.append(deadline.text) }
        arguments.append(transition.timers.count + (transition.deadline == nil ? 0 : 1))
        for timer in transition.timers {
            switch timer.due {
            case .after(let delay):
                arguments.append(0)
                arguments.append(Int(delay.count))
            case .at(let time):
                arguments.append(Int(time.count))
                arguments.append(0)
            }
            arguments.append(TimerMember(timer.message).text)
        }
        if let end = transition.deadline {
            arguments.append(Int(end.from.count))
            arguments.append(Int(end.after.count))
            arguments.append(deadline.text)
        }
    }
}

/// What a transition does to the fields of an operation's hash.
private struct FieldChanges {
    var set: [(String, String)]
    var stamped: [String] = []
    var removed: [String] = []

    mutating func add(_ transition: Transition) {
        if let status = transition.status { set.append((Fields.status, status.rawValue)) }
        if let phase = transition.phase { set.append((Fields.phase, phase.rawValue)) }
        if let error = transition.error { set.append((Fields.error, error.text)) }
        if transition.requestsCancel { set.append((Fields.cancel, transition.timesOut ? Fields.timedOut : "1")) }
        if transition.dropsCancel { removed.append(Fields.cancel) }
        if transition.result != nil, let last = transition.changes.first(where: { $0.result != nil }) {
            set.append((Fields.resultOf, last.work.step.text))
        }
    }

    mutating func add(_ change: StepChange, to record: StepRecord?) {
        let name = { (field: Fields.Record) in Fields.record(change.work, field) }
        set.append((name(.status), change.status.rawValue))
        if let result = change.result { set.append((name(.result), result.text)) }
        switch change.error {
        case .some(.some(let error)): set.append((name(.error), error.text))
        case .some(.none): removed.append(name(.error))
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
            stamped.append(name(.ended))
            removed += [name(.epoch), name(.lease), name(.owner)]
        }
    }

    func encode(into arguments: inout RedisArguments, events: [EventDraft]) {
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
}
