import RedisClient
import Stepstream

/// Writes a transition as what prelude.lua's `take_shapes` and `apply` read: its shape, and what is its own.
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
        // Only a Cluster has use for more partitions than one.
        arguments.append(configuration.partitions == 1 ? "1" : "")
        return arguments
    }

    /// Appends the number of the shape of `transition` to `arguments` and what is its own, and the keys of queues to `keys`.
    ///
    /// - Parameters:
    ///   - transition: what to write.
    ///   - operation: the state that was decided upon.
    ///   - isNew: whether the operation's own fields are to be written besides.
    ///   - idempotencyKey: the key that it was submitted with.
    ///   - arguments: the script's ARGV behind the shapes so far.
    ///   - keys: the script's KEYS so far.
    ///   - shapes: the shapes so far.
    func encode(
        _ transition: Transition,
        of operation: Operation,
        isNew: Bool = false,
        idempotencyKey: String? = nil,
        into arguments: inout RedisArguments,
        keys: inout KeyList,
        shapes: inout ShapeList
    ) {
        let pattern = ShapePattern(transition, of: operation, isNew: isNew)
        if let number = shapes.number(of: pattern) {
            arguments.append(number)
        } else {
            var fields = FieldChanges()
            fields.add(transition)
            for change in transition.changes { fields.add(change, to: operation.record(change.work)) }
            if isNew { fields.add(creationOf: operation) }
            arguments.append(shapes.number(of: shape(of: transition, fields, keys: &keys), made: pattern))
        }
        let own = OwnFields(transition, creationOf: isNew ? operation : nil, idempotencyKey: idempotencyKey)
        own.encode(into: &arguments)
        encodeRest(of: transition, operation, isNew: isNew, into: &arguments, keys: &keys)
    }

    private func shape(of transition: Transition, _ fields: FieldChanges, keys: inout KeyList) -> RedisArguments {
        var shape = RedisArguments(reserving: 1024)
        fields.encode(into: &shape, events: transition.events)
        encodeMessages(transition, into: &shape, keys: &keys)
        shape.append(transition.ends ? String(retention.count) : "")
        switch transition.needsAttention {
        case true?: shape.append("1")
        case false?: shape.append("0")
        case nil: shape.append("")
        }
        return shape
    }

    /// Timers and resources: most transitions have neither.
    private func encodeRest(
        of transition: Transition,
        _ operation: Operation,
        isNew: Bool,
        into arguments: inout RedisArguments,
        keys: inout KeyList
    ) {
        let hasTimers =
            !transition.timers.isEmpty || !transition.obsoleteTimers.isEmpty || transition.deadline != nil || transition.dropsDeadline
        let hasResources = (isNew || transition.ends) && !operation.resources.isEmpty
        guard hasTimers || hasResources else { return arguments.append("") }
        arguments.append("1")
        encodeTimers(transition, deadline: DeadlineMember(operation.id, definition: operation.definition), into: &arguments)
        encodeResources(hasResources ? operation.resources : [], of: operation, transition, into: &arguments, keys: &keys)
    }

    /// What an operation writes to is told when it begins and when it ends.
    private func encodeResources(
        _ resources: [String],
        of operation: Operation,
        _ transition: Transition,
        into arguments: inout RedisArguments,
        keys: inout KeyList
    ) {
        arguments.append(resources.count)
        guard !resources.isEmpty else { return }
        arguments.append(operation.type.text)
        arguments.append(transition.ends ? (transition.status ?? operation.status).rawValue : "")
        for resource in resources { arguments.append(keys.number(of: partition.resource(resource, tenant: operation.tenant))) }
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
