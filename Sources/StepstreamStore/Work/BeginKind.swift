import Stepstream

/// What messages for the same step of the same definition have in common: what the begin script reads for them, and where it goes.
struct BeginKind {
    /// What a field that was read is for. The script looks at those of the state itself, and answers them from the callback on.
    enum Target {
        case state(BeginScript.State)
        case type, tenant, input, traceparent, cancel, created, resources, error
        case record(Work, Fields.Record)
    }

    let message: Message
    let hasUndo: Bool
    /// What it answers.
    var wanted: ArraySlice<Target> { targets.dropFirst(BeginScript.State.callback.rawValue) }
    private let targets: [Target]
    private let definition: Definition?

    init(_ message: Message, in definition: Definition?) {
        let work = message.work
        self.message = message
        self.definition = definition
        hasUndo = work.direction == .forward && definition?.step(work.step)?.undo.compensation != nil
        var targets = BeginScript.State.allCases.map { Target.state($0) }
        targets += [.tenant, .input, .traceparent, .cancel, .created, .resources]
        if definition == nil { targets.append(.type) }
        if work.direction == .undo { targets.append(.error) }
        for step in definition?.steps ?? [] {
            if work != Work(.forward, step.name) {
                targets += [.status, .uncertain, .result].map { .record(Work(.forward, step.name), $0) }
            }
            if step.undo.compensation != nil, work != Work(.undo, step.name) {
                targets.append(.record(Work(.undo, step.name), .status))
            }
        }
        self.targets = targets
    }

    /// Whether `other` is of this kind.
    func includes(_ other: Message) -> Bool {
        message.work == other.work && message.definition == other.definition && message.queue == other.queue
    }

    /// The operation before anything was read.
    func blank(_ id: OperationID) -> Operation {
        var operation = Operation(id: id, type: definition?.type ?? "unknown", definition: message.definition, input: .null)
        operation.status = .running
        operation.phase = message.work.direction == .undo ? .undoing : .executing
        return operation
    }

    func encode(into arguments: inout ScriptArguments, keys: inout KeyList, of partition: Keys.Partition) {
        typealias Kind = BeginScript.Kind
        let work = message.work
        arguments.append(Kind.timer, value: TimerMember.prefix(work, queue: message.queue, definition: message.definition))
        arguments.append(Kind.record, value: Fields.record(work))
        arguments.append(Kind.direction, value: work.direction.rawValue)
        arguments.append(Kind.step, value: work.step.text)
        arguments.append(Kind.undo, value: hasUndo ? Fields.record(Work(.undo, work.step)) : "")
        arguments.append(Kind.stream, value: keys.number(of: partition.queue(message.queue)))
        arguments.append(Kind.fields, value: targets.map(field))
    }

    private func field(_ target: Target) -> String {
        switch target {
        case .state(.version): Fields.version
        case .state(.status): Fields.status
        case .state(.epoch): Fields.epoch
        case .state(.callback): Fields.callback
        case .state(.recordStatus): Fields.record(message.work, field: .status)
        case .state(.attempts): Fields.record(message.work, field: .attempts)
        case .type: Fields.type
        case .tenant: Fields.tenant
        case .input: Fields.input
        case .traceparent: Fields.traceparent
        case .cancel: Fields.cancel
        case .created: Fields.created
        case .resources: Fields.resources
        case .error: Fields.error
        case .record(let work, let field): Fields.record(work, field: field)
        }
    }
}
