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

    func encode(_ configuration: RedisStore.Configuration) -> (KeyList, ScriptArguments) {
        var keys = KeyList.forTransitions(in: partition)
        keys.add(BeginScript.Key.reconciler, key: partition.reconciler)
        var arguments = TransitionEncoder.head(in: partition, configuration: configuration)
        arguments.append(BeginScript.Argument.consumer, value: options.consumer + (options.call.map { "/" + $0 } ?? ""))
        arguments.append(BeginScript.Argument.lease, value: options.lease)
        arguments.append(BeginScript.Argument.kinds, value: kinds.count)
        for kind in kinds { kind.encode(into: &arguments, keys: &keys, of: partition) }
        for delivered in messages { keys.add(delivered.message.operation, of: partition) }
        keys.encodeOperations(into: &arguments)
        for (delivered, kind) in zip(messages, kindOfMessage) {
            arguments.append(BeginScript.Message.entry, value: delivered.entry)
            arguments.append(BeginScript.Message.kind, value: kind + 1)
        }
        return (keys, arguments)
    }

    func decode(_ reply: RedisReply) throws(StoreError) -> [BeginAnswer] {
        var answers: [BeginAnswer] = []
        answers.reserveCapacity(messages.count)
        var rest = ScriptAnswer(reply)
        guard let time = rest.next()?.integer else { throw StoreError.unknownAnswer(of: Scripts.begin) }
        for index in messages.indices {
            guard let code = rest.next() else { throw StoreError.unknownAnswer(of: Scripts.begin) }
            if code.equals(BeginScript.Code.begun.rawValue) {
                answers.append(
                    try decodeBegun(&rest, at: Milliseconds(Int64(time)), delivered: messages[index], kind: kinds[kindOfMessage[index]])
                )
                continue
            }
            switch try code.code(BeginScript.Code.self, of: Scripts.begin) {
            case .held: answers.append(.held)
            case .stale: answers.append(.stale)
            case .begun: break  // read above
            }
        }
        return answers
    }

    private func decodeBegun(
        _ parts: inout ScriptAnswer,
        at time: Milliseconds,
        delivered: DeliveredMessage,
        kind: BeginKind
    ) throws(StoreError) -> BeginAnswer {
        typealias Begun = BeginScript.Begun
        guard let number = parts.next(Begun.epoch)?.integer, let attempts = parts.next(Begun.attempts)?.integer,
            let crashes = parts.next(Begun.crashes)?.integer, let version = parts.next(Begun.version)?.integer,
            let uncertain = parts.next(Begun.uncertain), let error = parts.next(Begun.error)
        else { throw StoreError.unknownAnswer(of: Scripts.begin) }
        let message = delivered.message
        var operation = kind.blank(message.operation)
        for target in kind.wanted {
            guard let value = parts.next() else { throw StoreError.unknownAnswer(of: Scripts.begin) }
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
