import RedisClient
package import Stepstream

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
    /// See `WorkStore`.
    package func commit(
        _ lease: Lease,
        of operation: Operation,
        applying transition: Transition
    ) async throws(StoreError) -> CommitAnswer {
        let answer = try await batchedCommit(CommitItem(lease: lease, operation: operation, transition: transition))
        if case .changed = answer { return try await currentState(of: operation) }
        return answer
    }

    /// See `OperationEditor`.
    package func apply(_ transition: Transition, to operation: Operation) async throws(StoreError) -> CommitAnswer {
        let partition = keys.partition(of: operation.id)
        var keyList = KeyList.forTransitions(in: partition)
        var rest = RedisArguments()
        rest.append(keyList.add(partition.operation(operation.id)))
        rest.append(operation.version)
        rest.append(operation.cancelRequested ? "1" : "")
        rest.append(transition.requestsCancel ? partition.cancels : "")
        var templates = TemplateList()
        TransitionEncoder(partition: partition, retention: configuration.retention)
            .encode(transition, of: operation, for: .act, into: &rest, keys: &keyList, templates: &templates)
        var arguments = TransitionEncoder.head(in: partition, configuration: configuration)
        templates.encode(into: &arguments)
        arguments.append(contentsOf: rest)
        let reply = try await evaluate(Scripts.apply, keys: keyList, arguments: arguments)
        let answer = try CommitCall.decode(reply, of: Scripts.apply, transition: transition, operation: operation)
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
        var templates = TemplateList()
        for item in items { encode(item, into: &attempts, keys: &keys, templates: &templates) }
        var arguments = TransitionEncoder.head(in: partition, configuration: configuration)
        templates.encode(into: &arguments)
        keys.encodeOperations(into: &arguments)
        arguments.append(contentsOf: attempts)
        do {
            let reply = try await client.run(Scripts.commit, keys: keys, arguments: arguments)
            return zip(reply, items).map { answer, item in
                Result { () throws(StoreError) in
                    try Self.decode(answer, of: Scripts.commit, transition: item.transition, operation: item.operation)
                }
            }
        } catch {
            return items.map { _ in .failure(error) }
        }
    }

    private func encode(_ item: CommitItem, into attempts: inout RedisArguments, keys: inout KeyList, templates: inout TemplateList) {
        let message = item.lease.message
        keys.add(message.operation, of: partition)
        attempts.append(Int(item.lease.epoch.number))
        attempts.append(item.operation.version)
        attempts.append(item.lease.entry ?? "")
        let purpose = TemplatePattern.Purpose.attempt(message, stream: keys.number(of: message.queue, in: partition))
        TransitionEncoder(partition: partition, retention: configuration.retention)
            .encode(item.transition, of: item.operation, for: purpose, into: &attempts, keys: &keys, templates: &templates)
    }

    static func decode(
        _ answer: RedisReply,
        of script: RedisScript,
        transition: Transition,
        operation: Operation
    ) throws(StoreError) -> CommitAnswer {
        switch try answer.code(of: script) {
        case .applied: return .applied(version: operation.version + transition.events.count)
        case .changed: return .changed(operation)
        case .lost: return .lost
        default: throw StoreError(.corrupt, "Script \(script.name) answered something unknown.")
        }
    }
}
