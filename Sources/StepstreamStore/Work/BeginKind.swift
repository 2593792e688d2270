import RedisClient
import Stepstream

/// What messages for the same step of the same definition have in common: what the begin script reads for them, and where it goes.
struct BeginKind {
    /// What a field that was read is for. The script looks at the first six itself, and answers them from the callback on.
    enum Target {
        case version, status, epoch, recordStatus, attempts
        case callback, type, tenant, input, traceparent, cancel, created, resources, error
        case record(Work, Fields.Record)
    }

    let message: Message
    let hasUndo: Bool
    /// What it answers.
    var wanted: ArraySlice<Target> { targets.dropFirst(5) }
    private let targets: [Target]
    private let definition: Definition?

    init(_ message: Message, in definition: Definition?) {
        let work = message.work
        self.message = message
        self.definition = definition
        hasUndo = work.direction == .forward && definition?.step(work.step)?.undo.compensation != nil
        var targets: [Target] = [.version, .status, .epoch, .recordStatus, .attempts, .callback]
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

    func encode(into arguments: inout RedisArguments, keys: inout KeyList, of partition: Keys.Partition) {
        let work = message.work
        arguments.append(TimerMember.prefix(work, queue: message.queue, definition: message.definition))
        arguments.append(Fields.record(work))
        arguments.append(work.direction.rawValue)
        arguments.append(work.step.text)
        arguments.append(hasUndo ? Fields.record(Work(.undo, work.step)) : "")
        arguments.append(keys.number(of: partition.queue(message.queue)))
        arguments.append(targets.count)
        for target in targets { arguments.append(field(target)) }
    }

    private func field(_ target: Target) -> String {
        switch target {
        case .version: Fields.version
        case .status: Fields.status
        case .epoch: Fields.epoch
        case .callback: Fields.callback
        case .recordStatus: Fields.record(message.work, field: .status)
        case .attempts: Fields.record(message.work, field: .attempts)
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
