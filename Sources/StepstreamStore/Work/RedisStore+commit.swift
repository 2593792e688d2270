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
        typealias Argument = ApplyScript.Argument
        var rest = ScriptArguments()
        rest.append(Argument.operation, value: keyList.add(partition.operation(operation.id)))
        rest.append(Argument.version, value: operation.version)
        rest.append(Argument.knewOfCancel, value: operation.cancelRequested)
        rest.append(Argument.cancels, value: transition.requestsCancel ? partition.cancels : "")
        var templates = TemplateList()
        TransitionEncoder(partition: partition, retention: configuration.retention)
            .encode(transition, of: operation, for: .apply, into: &rest, keys: &keyList, templates: &templates)
        var arguments = TransitionEncoder.head(in: partition, configuration: configuration)
        templates.encode(into: &arguments)
        arguments.append(contentsOf: rest)
        let reply = try await evaluate(Scripts.apply, keys: keyList, arguments: arguments)
        let answer = try CommitCall.decode(reply, of: Scripts.apply, applying: transition, to: operation)
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
        var attempts = ScriptArguments(reserving: 512 * items.count)
        var templates = TemplateList()
        for item in items { encode(item, into: &attempts, keys: &keys, templates: &templates) }
        var arguments = TransitionEncoder.head(in: partition, configuration: configuration)
        templates.encode(into: &arguments)
        keys.encodeOperations(into: &arguments)
        arguments.append(contentsOf: attempts)
        do {
            let reply = try await client.run(Scripts.commit, keys: keys, arguments: arguments)
            var answers = reply.makeIterator()
            let time = Milliseconds(Int64(answers.next()?.integer ?? 0))
            // Too few answers are the batch's to notice.
            return items.compactMap { item in
                answers.next().map { answer in
                    Result { () throws(StoreError) in
                        try decode(answer, of: Scripts.commit, applying: item.transition, to: item.operation, at: time)
                    }
                }
            }
        } catch {
            return items.map { _ in .failure(error) }
        }
    }

    private func encode(_ item: CommitItem, into attempts: inout ScriptArguments, keys: inout KeyList, templates: inout TemplateList) {
        typealias Attempt = CommitScript.Attempt
        let message = item.lease.message
        keys.add(message.operation, of: partition)
        attempts.append(Attempt.epoch, value: Int(item.lease.epoch.number))
        attempts.append(Attempt.version, value: item.operation.version)
        attempts.append(Attempt.entry, value: item.lease.entry)
        let purpose = TemplatePattern.Purpose.attempt(message, stream: keys.number(of: message.queue, in: partition))
        TransitionEncoder(partition: partition, retention: configuration.retention)
            .encode(item.transition, of: item.operation, for: purpose, into: &attempts, keys: &keys, templates: &templates)
    }

    private func decode(
        _ answer: RedisReply,
        of script: RedisScript,
        applying transition: Transition,
        to operation: Operation,
        at time: Milliseconds
    ) throws(StoreError) -> CommitAnswer {
        let expires = transition.ends ? Milliseconds(time.count + configuration.retention.count) : nil
        return try Self.decode(answer, of: script, applying: transition, to: operation, time: time, expires: expires)
    }

    static func decode(
        _ answer: RedisReply,
        of script: RedisScript,
        applying transition: Transition,
        to operation: Operation,
        time: Milliseconds? = nil,
        expires: Milliseconds? = nil
    ) throws(StoreError) -> CommitAnswer {
        switch try answer.code(CommitCode.self, of: script) {
        case .applied: .applied(.init(version: operation.version + transition.events.count, time: time, expires: expires))
        case .changed: .changed(operation)
        case .lost: .lost
        }
    }
}
