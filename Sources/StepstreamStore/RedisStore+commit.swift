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
        rest.append(operation.version)
        rest.append(operation.cancelRequested ? "1" : "")
        rest.append(transition.requestsCancel ? partition.cancels : "")
        var shapes = ShapeList()
        TransitionEncoder(partition: partition, retention: configuration.retention)
            .encode(transition, of: operation, for: .act, into: &rest, keys: &keyList, shapes: &shapes)
        var arguments = TransitionEncoder.head(in: partition, configuration)
        shapes.encode(into: &arguments)
        arguments.append(contentsOf: rest)
        let reply = try await evaluate(Scripts.amend, keyList, arguments)
        let answer = try CommitCall.decode(reply, of: Scripts.amend, transition, operation)
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
        for item in items { encode(item, into: &attempts, keys: &keys, shapes: &shapes) }
        var arguments = TransitionEncoder.head(in: partition, configuration)
        shapes.encode(into: &arguments)
        keys.encodeOperations(into: &arguments)
        arguments.append(contentsOf: attempts)
        do {
            let reply = try await client.run(Scripts.commit, keys, arguments)
            var answers = reply.makeIterator()
            let time = Milliseconds(Int64(answers.next()?.integer ?? 0))
            // Too few answers are the batch's to notice.
            return items.compactMap { item in
                answers.next().map { answer in
                    Result { () throws(StoreError) in
                        let expiry = item.transition.ends ? Milliseconds(time.count + configuration.retention.count) : nil
                        let at = CommitTime(time, expiresAt: expiry)
                        return try Self.decode(answer, of: Scripts.commit, item.transition, item.operation, at: at)
                    }
                }
            }
        } catch {
            return items.map { _ in .failure(error) }
        }
    }

    private func encode(_ item: CommitItem, into attempts: inout RedisArguments, keys: inout KeyList, shapes: inout ShapeList) {
        let message = item.lease.message
        keys.add(message.operation, of: partition)
        attempts.append(Int(item.lease.epoch.number))
        attempts.append(item.operation.version)
        attempts.append(item.lease.entry ?? "")
        let purpose = ShapePattern.Purpose.attempt(message, stream: keys.number(of: message.queue, in: partition))
        TransitionEncoder(partition: partition, retention: configuration.retention)
            .encode(item.transition, of: item.operation, for: purpose, into: &attempts, keys: &keys, shapes: &shapes)
    }

    static func decode(
        _ answer: RedisReply,
        of script: RedisScript,
        _ transition: Transition,
        _ operation: Operation,
        at time: CommitTime? = nil
    ) throws(StoreError) -> CommitAnswer {
        switch try answer.code(of: script) {
        case .applied: return .applied(version: operation.version + transition.events.count, at: time)
        case .changed: return .changed(operation)
        case .lost: return .lost
        default: throw StoreError(.corrupt, "Script \(script.name) answered something unknown.")
        }
    }
}
