import RedisClient
import Stepstream

/// Writes a transition as what shapes.lua's `take_shapes` and `apply` read: its shape, and what is its own.
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
        arguments.append(partition.operationPrefix)
        return arguments
    }

    /// Appends the number of the shape of `transition` to `arguments` and what is its own, and the keys of queues to `keys`.
    ///
    /// - Parameters:
    ///   - transition: what to write.
    ///   - operation: the state that was decided upon.
    ///   - purpose: which script it is for.
    ///   - arguments: the script's ARGV behind the shapes so far.
    ///   - keys: the script's KEYS so far.
    ///   - shapes: the shapes so far.
    func encode(
        _ transition: Transition,
        of operation: Operation,
        for purpose: ShapePattern.Purpose,
        into arguments: inout RedisArguments,
        keys: inout KeyList,
        shapes: inout ShapeList
    ) {
        let isNew = if case .submission = purpose { true } else { false }
        let hasTimers =
            !transition.timers.isEmpty || !transition.obsoleteTimers.isEmpty || transition.deadline != nil || transition.dropsDeadline
        let hasResources = (isNew || transition.ends) && !operation.resources.isEmpty
        let hasRest = hasTimers || hasResources
        if let number = shapes.number(of: transition, operation, for: purpose, hasRest: hasRest) {
            arguments.append(number)
        } else {
            var shape = shape(of: transition, operation, isNew: isNew, keys: &keys)
            OwnFields.encodeNames(of: transition, operation, for: purpose, into: &shape)
            shape.append(operation.callback == nil ? "" : "1")
            shape.append(hasRest ? "1" : "")
            encodeFrame(of: operation, for: purpose, into: &shape)
            let pattern = ShapePattern(transition, of: operation, for: purpose, hasRest: hasRest)
            arguments.append(shapes.number(of: shape, made: pattern))
        }
        if let callback = operation.callback { arguments.append(CallbackText.encode(callback)) }
        OwnFields.encodeValues(of: transition, operation, for: purpose, into: &arguments)
        guard hasRest else { return }
        var rest = RedisArguments()
        encodeTimers(transition, deadline: DeadlineMember(operation.id, definition: operation.definition), into: &rest)
        encodeResources(hasResources ? operation.resources : [], of: operation, transition, into: &rest, keys: &keys)
        arguments.append(rest.count)
        arguments.append(contentsOf: rest)
    }

    private func shape(of transition: Transition, _ operation: Operation, isNew: Bool, keys: inout KeyList) -> RedisArguments {
        var fields = FieldChanges()
        fields.add(transition)
        for change in transition.changes { fields.add(change, to: operation.record(change.work)) }
        if isNew { fields.add(creationOf: operation) }
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

    /// What submit.lua and commit.lua want to know of all operations of a shape.
    private func encodeFrame(of operation: Operation, for purpose: ShapePattern.Purpose, into shape: inout RedisArguments) {
        switch purpose {
        case .submission(let definition, _):
            shape.append(2)
            shape.append(operation.tenant.text)
            shape.append(definition)
        case .attempt(let message, let stream):
            shape.append(3)
            shape.append(Fields.record(message.work, .lease))
            shape.append(stream)
            shape.append(operation.cancelRequested ? "1" : "")
        case .act: shape.append(0)
        }
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
