import RedisClient
import Stepstream

/// One call of the begin script: messages of one partition.
struct BeginCall {
    let partition: Keys.Partition
    let messages: [DeliveredMessage]
    let options: BeginOptions
    private let kinds: [BeginKind]
    /// Which of `kinds` each message is of.
    private let kindOfMessage: [Int]

    init(partition: Keys.Partition, messages: [DeliveredMessage], options: BeginOptions) {
        self.partition = partition
        self.messages = messages
        self.options = options
        var kinds: [BeginKind] = []
        var last = 0
        kindOfMessage = messages.map { delivered in
            let message = delivered.message
            // Those of one queue mostly follow each other.
            if last < kinds.count, kinds[last].includes(message) { return last }
            if let known = kinds.firstIndex(where: { $0.includes(message) }) {
                last = known
            } else {
                last = kinds.count
                kinds.append(BeginKind(message, in: options.definitions[message.definition]))
            }
            return last
        }
        self.kinds = kinds
    }

    func encode(_ configuration: RedisStore.Configuration) -> (KeyList, RedisArguments) {
        var keys = KeyList.forTransitions(in: partition)
        keys.add(partition.reconciler)
        var arguments = TransitionEncoder.head(in: partition, configuration: configuration)
        arguments.append(options.consumer + (options.call.map { "/" + $0 } ?? ""))
        arguments.append(Int(options.lease.count))
        arguments.append(kinds.count)
        for kind in kinds { kind.encode(into: &arguments, keys: &keys, of: partition) }
        for delivered in messages { keys.add(delivered.message.operation, of: partition) }
        keys.encodeOperations(into: &arguments)
        for (delivered, kind) in zip(messages, kindOfMessage) {
            arguments.append(delivered.entry ?? "")
            arguments.append(kind + 1)
        }
        return (keys, arguments)
    }

    func decode(_ reply: RedisReply) throws(StoreError) -> [BeginAnswer] {
        var answers: [BeginAnswer] = []
        answers.reserveCapacity(messages.count)
        var rest = reply.makeIterator()
        guard let time = rest.next()?.integer else { throw Self.unknownAnswer }
        for index in messages.indices {
            guard let code = rest.next() else { throw Self.unknownAnswer }
            if code.equals(ScriptCode.begun.rawValue) {
                answers.append(
                    try decodeBegun(&rest, at: Milliseconds(Int64(time)), delivered: messages[index], kind: kinds[kindOfMessage[index]])
                )
                continue
            }
            switch try code.code(of: Scripts.begin) {
            case .held: answers.append(.held)
            case .stale: answers.append(.stale)
            default: throw Self.unknownAnswer
            }
        }
        return answers
    }

    private static var unknownAnswer: StoreError { StoreError(.corrupt, "Script begin answered something unknown.") }

    private func decodeBegun(
        _ parts: inout RedisReply.Iterator,
        at time: Milliseconds,
        delivered: DeliveredMessage,
        kind: BeginKind
    ) throws(StoreError) -> BeginAnswer {
        guard let number = parts.next()?.integer, let attempts = parts.next()?.integer, let crashes = parts.next()?.integer,
            let version = parts.next()?.integer, let uncertain = parts.next(), let error = parts.next()
        else { throw Self.unknownAnswer }
        let message = delivered.message
        var operation = kind.blank(message.operation)
        for target in kind.wanted {
            guard let value = parts.next() else { throw Self.unknownAnswer }
            if !value.isNull { try operation.take(value, for: target) }
        }
        operation.version = version
        operation.updatedAt = time
        let epoch = Epoch(Int64(number))
        var record = StepRecord(.running, attempts: attempts, crashes: crashes, isUncertain: uncertain.equals("1"))
        if let error = error.string, !error.isEmpty { record.error = JSONText(trusted: error) }
        record.epoch = epoch
        record.startedAt = time
        record.owner = options.consumer
        switch message.work.direction {
        case .forward:
            operation.steps[message.work.step] = record
            if kind.hasUndo { operation.undos[message.work.step] = StepRecord(.waiting) }
        case .undo: operation.undos[message.work.step] = record
        }
        return .begun(Lease(message: message, entry: delivered.entry, epoch: epoch, consumer: options.consumer), operation)
    }
}
