import RedisClient
public import Stepstream

/// One attempt's transition on its way into a batch. A class, as it is handed from one array to the next: it has many parts to copy.
final class CommitItem: Sendable {
    let lease: Lease
    let operation: Operation
    let transition: Transition

    init(lease: Lease, operation: Operation, transition: Transition) {
        self.lease = lease
        self.operation = operation
        self.transition = transition
    }
}

extension RedisStore {
    /// See `OperationStore`.
    public func commit(
        _ lease: Lease,
        of operation: Operation,
        _ transition: Transition
    ) async throws(StoreError) -> CommitAnswer {
        let answer = try await batchedCommit(CommitItem(lease: lease, operation: operation, transition: transition))
        if case .changed = answer { return try await currentState(of: operation) }
        return answer
    }

    /// See `OperationStore`.
    public func amend(_ operation: Operation, with transition: Transition) async throws(StoreError) -> CommitAnswer {
        let partition = keys.partition(of: operation.id)
        var keyList = KeyList.forTransitions(in: partition)
        var rest = RedisArguments()
        rest.append(keyList.add(partition.operation(operation.id)))
        rest.append(operation.id.text)
        rest.append(operation.version)
        rest.append(operation.cancelRequested ? "1" : "")
        rest.append(transition.requestsCancel ? partition.cancels : "")
        rest.append(operation.callback.map(CallbackText.encode) ?? "")
        var shapes = ShapeList()
        TransitionEncoder(partition: partition, retention: configuration.retention)
            .encode(transition, of: operation, into: &rest, keys: &keyList, shapes: &shapes)
        var arguments = TransitionEncoder.head(in: partition, configuration)
        shapes.encode(into: &arguments)
        arguments.append(contentsOf: rest)
        let reply = try await evaluate(Scripts.amend, keyList, arguments)
        let answer = try CommitCall.decode(reply, of: Scripts.amend, operation)
        if case .changed = answer { return try await currentState(of: operation) }
        return answer
    }

    private func currentState(of operation: Operation) async throws(StoreError) -> CommitAnswer {
        guard let current = try await read(operation.id, withEvents: false) else { return .lost }
        return .changed(current)
    }
}

/// One call of the commit script for a batch of attempts of one partition.
struct CommitCall: Sendable {
    let client: RedisClient
    let partition: Keys.Partition
    let configuration: RedisStore.Configuration

    func perform(_ items: [CommitItem]) async -> [Result<CommitAnswer, StoreError>] {
        var keys = KeyList.forTransitions(in: partition)
        var attempts = RedisArguments(reserving: 512 * items.count)
        var shapes = ShapeList()
        var part = RedisArguments(reserving: 512)
        for item in items {
            part.removeAll()
            encode(item, into: &part, keys: &keys, shapes: &shapes)
            attempts.append(part.count)
            attempts.append(contentsOf: part)
        }
        var arguments = TransitionEncoder.head(in: partition, configuration)
        shapes.encode(into: &arguments)
        arguments.append(items.count)
        arguments.append(contentsOf: attempts)
        do {
            let reply = try await client.run(Scripts.commit, keys, arguments)
            return zip(reply, items).map { answer, item in
                Result { () throws(StoreError) in try Self.decode(answer, of: Scripts.commit, item.operation) }
            }
        } catch {
            return items.map { _ in .failure(error) }
        }
    }

    private func encode(_ item: CommitItem, into part: inout RedisArguments, keys: inout KeyList, shapes: inout ShapeList) {
        let lease = item.lease
        part.append(keys.add(lease.message.operation, of: partition))
        part.append(lease.message.operation.text)
        part.append(Fields.record(lease.message.work) + ":", joinedTo: Fields.Record.lease.rawValue)
        part.append(Int(lease.epoch.number))
        part.append(item.operation.version)
        part.append(item.operation.cancelRequested ? "1" : "")
        part.append(item.operation.callback.map(CallbackText.encode) ?? "")
        part.append(keys.number(of: lease.message.queue, in: partition))
        part.append(lease.entry ?? "")
        TransitionEncoder(partition: partition, retention: configuration.retention)
            .encode(item.transition, of: item.operation, into: &part, keys: &keys, shapes: &shapes)
    }

    static func decode(_ answer: RedisReply, of script: RedisScript, _ operation: Operation) throws(StoreError) -> CommitAnswer {
        switch try answer[0].code(of: script) {
        case .applied where answer.count == 2: return .applied(version: answer[1].integer ?? 0)
        case .changed: return .changed(operation)
        case .lost: return .lost
        default: throw StoreError(.corrupt, "Script \(script.name) answered something unknown.")
        }
    }
}
