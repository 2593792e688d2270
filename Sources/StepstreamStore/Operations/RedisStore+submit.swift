import RedisClient
public import Stepstream

extension RedisStore {
    /// See `SubmissionStore`.
    package func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        try await memory.check(over: client)
        let required = required(for: submission)
        try await check(required)
        let connection = client.connection
        let answer = try await accept(submission, replicas: required.replicas)
        try await confirm(required, of: connection)
        return answer
    }

    private func accept(_ submission: Submission, replicas: Int) async throws(StoreError) -> SubmitAnswer {
        if !knownDefinitions.contains(submission.version) {
            try await store(submission.definition, version: submission.version, for: submission.id)
        }
        var code = try await batchedSubmit(submission, replicas: replicas)
        if case .unknownDefinition = code {
            // Another process's FLUSHALL, or a restored older snapshot: store it again, once.
            try await store(submission.definition, version: submission.version, for: submission.id)
            code = try await batchedSubmit(submission, replicas: replicas)
        }
        switch code {
        case .accepted(let time): return .accepted(submission.operation(at: time))
        case .conflict: return .conflict
        case .exists:
            if let operation = try await read(submission.id, withEvents: false) { return .exists(operation) }
            throw StoreError(.indeterminate, "Operation \(submission.id) expired while it was submitted again.")
        case .unknownDefinition:
            throw StoreError(.unavailable, "The definition of \(submission.definition.type) could not be stored.")
        }
    }

    private func store(_ definition: Definition, version: DefinitionVersion, for id: OperationID) async throws(StoreError) {
        for partition in keys.all {
            let command = RedisCommand(
                "SET",
                partition.definition(version),
                definition.canonicalJSON.text,
                "PX",
                String(configuration.definitionRetention.count)
            )
            var queues = RedisArguments()
            queues.append(partition.queues)
            for queue in definition.queues { queues.append(queue.text) }
            // A queue that nobody reads must be seen in the state of health, so it is known from its first operation on.
            _ = try await sendAll([command, RedisCommand("SADD", queues)], doing: "storing the definition of \(definition.type)")
        }
        try await note(definition.type, version: version)
        knownDefinitions.insert(version)
        Failpoint.reach(.definitionStored)
    }

    /// Notes that operations are accepted with this definition: the topology tells of those that no process has any more.
    private func note(_ type: Name, version: DefinitionVersion) async throws(StoreError) {
        let key = keys.partition(0).definitions
        let now = try await time().count
        let commands = [
            RedisCommand("ZADD", key, String(now), "\(type):\(version)"),
            RedisCommand("ZREMRANGEBYSCORE", key, "-inf", String(now - configuration.definitionRetention.count)),
        ]
        _ = try await sendAll(commands, doing: "noting the definition of \(type)")
    }

    /// See `OperationReader`.
    public func definition(_ version: DefinitionVersion) async throws(StoreError) -> Definition? {
        let reply = try await send(RedisCommand("GET", keys.partition(0).definition(version)), doing: "reading a definition")
        guard let text = reply.string else { return nil }
        do {
            return try Definition(canonicalJSON: JSONText(trusted: text))
        } catch {
            throw StoreError(.corrupt, "The stored definition \(version) cannot be read: \(error)", cause: error)
        }
    }
}

/// What the submit script answered.
enum SubmitCode: Sendable {
    case accepted(Milliseconds)
    case exists
    case conflict
    case unknownDefinition
}

extension Submission {
    /// The operation as it is right after it was accepted at `time`.
    func operation(at time: Milliseconds) -> Operation {
        var operation = blank.applying(transition)
        operation.createdAt = time
        operation.updatedAt = time
        return operation
    }

    /// The operation before its first transition.
    var blank: Operation {
        var operation = Operation(
            id: id,
            type: definition.type,
            tenant: tenant,
            definition: version,
            version: 0,
            input: input,
            fingerprint: fingerprint
        )
        operation.metadata = metadata
        operation.resources = resources
        operation.notBefore = notBefore
        operation.traceparent = traceparent
        operation.callback = callback
        return operation
    }
}

/// One call of the submit script for a batch of submissions of one partition.
struct SubmitCall: Sendable {
    let client: RedisClient
    let partition: Keys.Partition
    let configuration: RedisStore.Configuration

    func perform(_ submissions: [Submission]) async -> [Result<SubmitCode, StoreError>] {
        let (keys, arguments) = encode(submissions)
        do {
            return decode(try await client.run(Scripts.submit, keys: keys, arguments: arguments), for: submissions)
        } catch {
            return submissions.map { _ in .failure(error) }
        }
    }

    /// The call as a command, to go with others.
    func command(for submissions: [Submission]) -> RedisCommand {
        let (keys, arguments) = encode(submissions)
        return Scripts.submit.command(keys: keys.arguments, arguments: arguments.all)
    }

    func decode(_ reply: RedisReply, for submissions: [Submission]) -> [Result<SubmitCode, StoreError>] {
        var answers = ScriptAnswer(reply)
        let time = Milliseconds(Int64(answers.next()?.integer ?? 0))
        // Too few answers are the batch's to notice.
        return submissions.compactMap { _ in
            answers.next().map { answer in Result { () throws(StoreError) in try Self.decode(answer, at: time) } }
        }
    }

    private func encode(_ submissions: [Submission]) -> (KeyList, ScriptArguments) {
        var keys = KeyList.forTransitions(in: partition)
        var items = ScriptArguments(reserving: 1024 * submissions.count)
        var templates = TemplateList()
        let encoder = TransitionEncoder(partition: partition, retention: configuration.retention)
        // Those of one definition mostly follow each other.
        var last: (version: DefinitionVersion, number: Int)?
        for submission in submissions {
            keys.add(submission.id, of: partition)
            let known = last.flatMap { $0.version == submission.version ? $0.number : nil }
            let definition = known ?? keys.number(of: partition.definition(submission.version))
            last = (submission.version, definition)
            encoder.encode(
                submission.transition,
                of: submission.blank,
                for: .submission(definition: definition, idempotencyKey: submission.idempotencyKey),
                into: &items,
                keys: &keys,
                templates: &templates
            )
        }
        var arguments = TransitionEncoder.head(in: partition, configuration: configuration)
        templates.encode(into: &arguments)
        keys.encodeOperations(into: &arguments)
        arguments.append(contentsOf: items)
        return (keys, arguments)
    }

    private static func decode(_ answer: RedisReply, at time: Milliseconds) throws(StoreError) -> SubmitCode {
        switch try answer.code(SubmitScript.Code.self, of: Scripts.submit) {
        case .accepted: .accepted(time)
        case .exists: .exists
        case .conflict: .conflict
        case .unknownDefinition: .unknownDefinition
        }
    }
}
