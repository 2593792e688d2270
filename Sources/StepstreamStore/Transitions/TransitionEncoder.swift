import Stepstream

/// Writes a transition as what templates.lua's `take_templates` and `apply` read: its template, and what is its own.
struct TransitionEncoder {
    let partition: Keys.Partition
    /// How long an ended operation is kept.
    let retention: Milliseconds

    /// The arguments that every script with the prelude begins with.
    static func head(in partition: Keys.Partition, configuration: RedisStore.Configuration) -> ScriptArguments {
        typealias Head = TransitionCall.Head
        var arguments = ScriptArguments()
        arguments.append(Head.channels, value: partition.events)
        arguments.append(Head.wake, value: partition.wake)
        arguments.append(Head.history, value: configuration.history)
        arguments.append(Head.webhookEvents, value: configuration.webhookEventsText)
        // Only a Cluster has use for more partitions than one.
        arguments.append(Head.asks, value: configuration.partitions == 1)
        arguments.append(Head.prefix, value: partition.operationPrefix)
        return arguments
    }

    /// Appends the number of the template of `transition` to `arguments` and what is its own, and the keys of queues to `keys`.
    ///
    /// - Parameters:
    ///   - transition: what to write.
    ///   - operation: the state that was decided upon.
    ///   - purpose: which script it is for.
    ///   - arguments: the script's ARGV behind the templates so far.
    ///   - keys: the script's KEYS so far.
    ///   - templates: the templates so far.
    func encode(
        _ transition: Transition,
        of operation: Operation,
        for purpose: TemplatePattern.Purpose,
        into arguments: inout ScriptArguments,
        keys: inout KeyList,
        templates: inout TemplateList
    ) {
        let isNew = if case .submission = purpose { true } else { false }
        let hasTimers =
            !transition.timers.isEmpty || !transition.obsoleteTimers.isEmpty || transition.deadline != nil || transition.dropsDeadline
        let hasResources = (isNew || transition.ends) && !operation.resources.isEmpty
        let hasRest = hasTimers || hasResources
        if let number = templates.number(of: transition, operation: operation, for: purpose, hasRest: hasRest) {
            encodeNumber(of: number, for: purpose, into: &arguments)
        } else {
            var template = template(of: transition, operation: operation, isNew: isNew, keys: &keys)
            VaryingFields.encodeNames(of: transition, operation: operation, for: purpose, into: &template)
            template.append(TransitionCall.Template.hasCallback, value: operation.callback != nil)
            template.append(TransitionCall.Template.hasRest, value: hasRest)
            encodeShared(of: operation, for: purpose, into: &template)
            let pattern = TemplatePattern(transition, of: operation, for: purpose, hasRest: hasRest)
            encodeNumber(of: templates.number(of: template, made: pattern), for: purpose, into: &arguments)
        }
        VaryingFields.encodeValues(of: transition, operation: operation, for: purpose, into: &arguments)
        if let callback = operation.callback { arguments.append(TransitionCall.Webhook.callback, value: CallbackText.encode(callback)) }
        guard hasRest else { return }
        encodeTimers(transition, deadline: DeadlineMember(operation.id, definition: operation.definition), into: &arguments)
        encodeResources(hasResources ? operation.resources : [], of: operation, transition: transition, into: &arguments, keys: &keys)
    }

    private func encodeNumber(of template: Int, for purpose: TemplatePattern.Purpose, into arguments: inout ScriptArguments) {
        switch purpose {
        case .submission: arguments.append(SubmitScript.Submission.template, value: template)
        case .attempt: arguments.append(CommitScript.Attempt.template, value: template)
        case .apply: arguments.append(ApplyScript.Argument.template, value: template)
        }
    }

    private func template(of transition: Transition, operation: Operation, isNew: Bool, keys: inout KeyList) -> ScriptArguments {
        var fields = FieldChanges()
        fields.add(transition)
        for change in transition.changes { fields.add(change, to: operation.record(change.work)) }
        if isNew { fields.add(creationOf: operation) }
        var template = ScriptArguments(reserving: 1024)
        fields.encode(into: &template, events: transition.events)
        encodeMessages(transition, into: &template, keys: &keys)
        template.append(TransitionCall.Template.retention, value: transition.ends ? retention : nil)
        template.append(TransitionCall.Template.attention, value: transition.needsAttention.map { $0 ? "1" : "0" })
        return template
    }

    /// What submit.lua and commit.lua want to know of all operations of a template.
    private func encodeShared(of operation: Operation, for purpose: TemplatePattern.Purpose, into template: inout ScriptArguments) {
        switch purpose {
        case .submission(let definition, _):
            template.append(SubmitScript.Shared.tenant, value: operation.tenant.text)
            template.append(SubmitScript.Shared.definition, value: definition)
        case .attempt(let message, let stream):
            template.append(CommitScript.Shared.lease, value: Fields.record(message.work, field: .lease))
            template.append(CommitScript.Shared.stream, value: stream)
            template.append(CommitScript.Shared.knewOfCancel, value: operation.cancelRequested)
        case .apply: break
        }
    }

    /// The resources of an operation are recorded when it begins and when it ends.
    private func encodeResources(
        _ resources: [String],
        of operation: Operation,
        transition: Transition,
        into arguments: inout ScriptArguments,
        keys: inout KeyList
    ) {
        typealias Rest = TransitionCall.Rest
        arguments.append(Rest.type, value: resources.isEmpty ? "" : operation.type.text)
        arguments.append(Rest.status, value: resources.isEmpty || !transition.ends ? "" : (transition.status ?? operation.status).rawValue)
        arguments.append(Rest.resources, keys: resources.map { keys.number(of: partition.resource($0, tenant: operation.tenant)) })
    }

    private func encodeMessages(_ transition: Transition, into arguments: inout ScriptArguments, keys: inout KeyList) {
        typealias Message = TransitionCall.Message
        arguments.append(TransitionCall.Template.messages, value: transition.messages.count)
        for message in transition.messages {
            arguments.append(Message.stream, value: keys.number(of: partition.queue(message.queue)))
            arguments.append(Message.step, value: message.work.step.text)
            arguments.append(Message.direction, value: message.work.direction.rawValue)
            arguments.append(Message.definition, value: message.definition.text)
        }
    }

    /// Each timer as two numbers, from when on and how long after that, and its member.
    private func encodeTimers(_ transition: Transition, deadline: DeadlineMember, into arguments: inout ScriptArguments) {
        typealias Timer = TransitionCall.Timer
        let obsolete = transition.obsoleteTimers.map { TimerMember($0).text } + (transition.dropsDeadline ? [deadline.text] : [])
        arguments.append(TransitionCall.Rest.obsolete, value: obsolete)
        arguments.append(TransitionCall.Rest.due, value: transition.timers.count + (transition.deadline == nil ? 0 : 1))
        for timer in transition.timers {
            let (from, after): (Milliseconds, Milliseconds) =
                switch timer.due {
                case .after(let delay): (0, delay)
                case .at(let time): (time, 0)
                }
            arguments.append(Timer.from, value: from)
            arguments.append(Timer.after, value: after)
            arguments.append(Timer.member, value: TimerMember(timer.message).text)
        }
        if let end = transition.deadline {
            arguments.append(Timer.from, value: end.from)
            arguments.append(Timer.after, value: end.after)
            arguments.append(Timer.member, value: deadline.text)
        }
    }
}
