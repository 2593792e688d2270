import Logging
import RedisClient
public import Stepstream

extension RedisStore {
    /// See `OperationStore`.
    public func begin(_ messages: [DeliveredMessage], with options: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        var answers = [BeginAnswer](repeating: .held, count: messages.count)
        var failure: StoreError?
        var hasBegun = false
        for partition in keys.all {
            let own = messages.indices.filter { keys.partition(of: messages[$0].message.operation) == partition }
            guard !own.isEmpty else { continue }
            let call = BeginCall(partition: partition, messages: own.map { messages[$0] }, options: options)
            let (keyList, arguments) = call.encode(configuration)
            do throws(StoreError) {
                let reply = try await evaluate(Scripts.begin, keyList, arguments)
                for (index, answer) in zip(own, try call.decode(reply)) { answers[index] = answer }
                hasBegun = true
            } catch {
                failure = error
                logger.warning("Messages of one partition could not be begun", metadata: [LogKey.error: "\(error)"])
            }
        }
        // What was begun in another partition must run, or its worker would look dead: the rest stays pending, as if held.
        if let failure, !hasBegun { throw failure }
        return answers
    }

    /// See `OperationStore`.
    public func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer] {
        var answers = [RenewAnswer](repeating: .lost, count: leases.count)
        for partition in keys.all {
            let own = leases.indices.filter { keys.partition(of: leases[$0].message.operation) == partition }
            for start in stride(from: 0, to: own.count, by: 100) {
                let part = own[start..<min(start + 100, own.count)]
                let batch = part.map { leases[$0] }
                for (index, answer) in zip(part, try await renew(batch, by: duration, in: partition)) { answers[index] = answer }
            }
        }
        return answers
    }

    private func renew(
        _ leases: [Lease],
        by duration: Milliseconds,
        in partition: Keys.Partition
    ) async throws(StoreError) -> [RenewAnswer] {
        guard let first = leases.first else { return [] }
        var keyList = KeyList()
        var arguments = RedisArguments()
        arguments.append(first.consumer)
        arguments.append(Int(duration.count))
        for lease in leases {
            arguments.append(keyList.number(of: partition.operation(lease.message.operation)))
            arguments.append(Fields.record(lease.message.work))
            arguments.append(String(lease.epoch.number))
            arguments.append(keyList.number(of: partition.queue(lease.message.queue)))
            arguments.append(lease.entry ?? "")
        }
        var answers: [RenewAnswer] = []
        for answer in try await evaluate(Scripts.renew, keyList, arguments) {
            switch try answer.code(of: Scripts.renew) {
            case .renewed: answers.append(.renewed)
            case .cancel: answers.append(.cancelRequested)
            default: answers.append(.lost)
            }
        }
        return answers
    }

    /// See `OperationStore`.
    public func putBack(
        _ messages: [DeliveredMessage],
        after delay: Milliseconds,
        because problem: Problem
    ) async throws(StoreError) {
        for partition in keys.all {
            let own = messages.filter { keys.partition(of: $0.message.operation) == partition }
            guard !own.isEmpty else { continue }
            var keyList = KeyList()
            keyList.add(partition.timers)
            keyList.add(partition.reconciler)
            var arguments = RedisArguments()
            arguments.append(Int(delay.count))
            arguments.append(problem.json.text)
            arguments.append(partition.wake)
            for delivered in own {
                arguments.append(keyList.number(of: partition.operation(delivered.message.operation)))
                arguments.append(Fields.record(delivered.message.work))
                arguments.append(keyList.number(of: partition.queue(delivered.message.queue)))
                arguments.append(delivered.entry ?? "")
                arguments.append(TimerMember(delivered.message).text)
            }
            _ = try await evaluate(Scripts.putBack, keyList, arguments)
        }
    }
}

/// One call of the begin script: messages of one partition.
private struct BeginCall {
    let partition: Keys.Partition
    let messages: [DeliveredMessage]
    let options: BeginOptions
    private let lists: [Kind: BeginFields]
    private let order: [Kind]

    private struct Kind: Hashable {
        let definition: DefinitionVersion
        let work: Work
        let queue: Name

        init(_ message: Message) {
            definition = message.definition
            work = message.work
            queue = message.queue
        }
    }

    init(partition: Keys.Partition, messages: [DeliveredMessage], options: BeginOptions) {
        self.partition = partition
        self.messages = messages
        self.options = options
        var lists: [Kind: BeginFields] = [:]
        var order: [Kind] = []
        for delivered in messages {
            let kind = Kind(delivered.message)
            guard lists[kind] == nil else { continue }
            lists[kind] = BeginFields(kind.work, in: options.definitions[kind.definition])
            order.append(kind)
        }
        self.lists = lists
        self.order = order
    }

    func encode(_ configuration: RedisStore.Configuration) -> (KeyList, RedisArguments) {
        var keys = KeyList.forTransitions(in: partition)
        keys.add(partition.reconciler)
        var arguments = TransitionEncoder.head(in: partition, configuration)
        arguments.append(options.consumer + (options.call.map { "/" + $0 } ?? ""))
        arguments.append(Int(options.lease.count))
        arguments.append(order.count)
        var numbers: [Kind: Int] = [:]
        for kind in order {
            let fields = lists[kind]?.names ?? []
            numbers[kind] = numbers.count + 1
            arguments.append(TimerMember.prefix(kind.work, queue: kind.queue, definition: kind.definition))
            arguments.append(fields.count)
            for field in fields { arguments.append(field) }
        }
        arguments.append(messages.count)
        for delivered in messages {
            let message = delivered.message
            let kind = Kind(message)
            arguments.append(keys.number(of: partition.operation(message.operation)))
            arguments.append(message.operation.text)
            arguments.append(message.work.step.text)
            arguments.append(message.work.action.rawValue)
            arguments.append(keys.number(of: partition.queue(message.queue)))
            arguments.append(delivered.entry ?? "")
            arguments.append(lists[kind]?.hasUndo == true ? "1" : "")
            arguments.append(numbers[kind] ?? 1)
        }
        return (keys, arguments)
    }

    func decode(_ reply: RedisReply) throws(StoreError) -> [BeginAnswer] {
        guard reply.count == messages.count else { throw StoreError(.corrupt, "Script begin answered something unknown.") }
        var answers: [BeginAnswer] = []
        answers.reserveCapacity(messages.count)
        for (answer, delivered) in zip(reply, messages) {
            switch try answer[0].code(of: Scripts.begin) {
            case .held: answers.append(.held)
            case .stale: answers.append(.stale)
            case .begun where answer.count == 7: answers.append(try decodeBegun(answer, delivered))
            default: throw StoreError(.corrupt, "Script begin answered something unknown.")
            }
        }
        return answers
    }

    private func decodeBegun(_ answer: RedisReply, _ delivered: DeliveredMessage) throws(StoreError) -> BeginAnswer {
        let message = delivered.message
        let kind = Kind(message)
        guard let epoch = answer[1].integer, let time = answer[5].integer, let fields = lists[kind] else {
            throw StoreError(.corrupt, "Script begin answered something unknown.")
        }
        var decoder = OperationDecoder(id: message.operation)
        for (name, value) in zip(fields.names, answer[6]) where !value.isNull { try decoder.take(name, value.string ?? "") }
        var operation = decoder.finished()
        operation.definition = message.definition
        operation.status = .running
        operation.phase = message.work.action == .undo ? .undoing : .executing
        operation.version = answer[4].integer ?? operation.version
        var record = operation.record(message.work) ?? StepRecord(.running)
        let crashes = answer[3].integer ?? 0
        if crashes > record.crashes { record.isUncertain = true }
        record.status = .running
        record.attempts = answer[2].integer ?? 1
        record.crashes = crashes
        record.epoch = Epoch(Int64(epoch))
        record.startedAt = Milliseconds(Int64(time))
        record.owner = options.consumer
        switch message.work.action {
        case .run:
            operation.steps[message.work.step] = record
            if fields.hasUndo { operation.undos[message.work.step] = StepRecord(.waiting) }
        case .undo: operation.undos[message.work.step] = record
        }
        let lease = Lease(message: message, entry: delivered.entry, epoch: Epoch(Int64(epoch)), consumer: options.consumer)
        return .begun(lease, operation)
    }
}

/// The fields that the begin script reads for one kind of work: the first eight it looks at itself, the rest is for the decisions.
private struct BeginFields {
    let names: [String]
    let hasUndo: Bool

    init(_ work: Work, in definition: Definition?) {
        var names = [Fields.version, Fields.status, Fields.epoch]
        names += [.status, .attempts, .crashes, .lease].map { Fields.record(work, $0) }
        names.append(Fields.callback)
        names += [Fields.type, Fields.tenant, Fields.input, Fields.traceparent, Fields.cancel, Fields.created, Fields.resources]
        names.append(Fields.record(work, .uncertain))
        if work.action == .undo { names.append(Fields.error) }
        for step in definition?.steps ?? [] {
            if work != Work(.run, step.name) {
                names += [.status, .uncertain, .result].map { Fields.record(Work(.run, step.name), $0) }
            }
            if step.undo.compensation != nil, work != Work(.undo, step.name) {
                names.append(Fields.record(Work(.undo, step.name), .status))
            }
        }
        self.names = names
        hasUndo = work.action == .run && definition?.step(work.step)?.undo.compensation != nil
    }
}
