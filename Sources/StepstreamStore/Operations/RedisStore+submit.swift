import RedisClient
public import Stepstream

extension RedisStore {
    /// See `SubmissionStore`.
    package func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        if memory.takesSample() { await memory.sample(over: client) }
        try memory.check()
        let required = required(for: submission)
        let item = SubmitItem(submission)
        if isUsual(submission, durability: required) {
            let code = try await batch(item)
            if case .accepted(let time) = code { return .accepted(item.operation(at: time)) }
            return try await answer(.success(code), to: item).get()
        }
        try await check(required)
        let connection = client.connection
        let answer = try await accept(item, replicas: required.replicas)
        try await confirm(required, of: connection)
        return answer
    }

    /// See `SubmissionStore`.
    package func submitAtOnce(_ submission: Submission) async throws(StoreError) -> SubmitAnswer? {
        guard isUsual(submission, durability: required(for: submission)), memory.isRecent else { return nil }
        // Nobody waits for the new look at the memory: whoever comes next goes by it.
        if memory.takesSample() { Task { [memory, client] in await memory.sample(over: client) } }
        try memory.check()
        let item = SubmitItem(submission)
        switch try await batch(item, mayBeGivenUp: true) {
        case .accepted(let time): return .accepted(item.operation(at: time))
        case .conflict: return .conflict
        case .exists, .unknownDefinition: return nil
        }
    }

    /// See `SubmissionWaits`.
    package func giveUp() {
        giveUpSubmissions()
    }

    /// Whether nothing has to be asked or stored before `submission` is.
    private func isUsual(_ submission: Submission, durability: Durability) -> Bool {
        durability == Durability() && isReady && knownDefinitions.contains(submission.version)
    }

    private func accept(_ item: SubmitItem, replicas: Int) async throws(StoreError) -> SubmitAnswer {
        if !knownDefinitions.contains(item.submission.version) { try await storeDefinition(of: item.submission) }
        var code = try await batchedSubmit(item, replicas: replicas)
        if case .unknownDefinition = code {
            // Another process's FLUSHALL, or a restored older snapshot: store it again, once.
            try await storeDefinition(of: item.submission)
            code = try await batchedSubmit(item, replicas: replicas)
        }
        return try await answer(code, to: item)
    }

    private func answer(_ code: SubmitCode, to item: SubmitItem) async throws(StoreError) -> SubmitAnswer {
        switch code {
        case .accepted(let time): return .accepted(item.operation(at: time))
        case .conflict: return .conflict
        case .exists:
            if let operation = try await read(item.submission.id, withEvents: false) { return .exists(operation) }
            throw StoreError(.indeterminate, "Operation \(item.submission.id) expired while it was being submitted again.")
        case .unknownDefinition:
            throw StoreError(.unavailable, "The definition of \(item.submission.definition.type) could not be stored.")
        }
    }

    /// See `SubmissionStore`.
    package func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        // They are a batch already. What needs more than being written, or lies in several partitions, goes with the batches of its like.
        guard keys.all.count == 1, submissions.allSatisfy({ required(for: $0) == Durability() }) else {
            return await submitEach(submissions)
        }
        do throws(StoreError) {
            if memory.takesSample() { await memory.sample(over: client) }
            try memory.check()
            try await makeReady(for: submissions)
        } catch {
            return submissions.map { _ in .failure(error) }
        }
        let call = SubmitCall(client: client, partition: keys.partition(0), configuration: configuration)
        var answers: [Result<SubmitAnswer, StoreError>] = []
        answers.reserveCapacity(submissions.count)
        for start in stride(from: 0, to: submissions.count, by: Self.largestBatch) {
            let items = submissions[start..<min(start + Self.largestBatch, submissions.count)].map(SubmitItem.init)
            let codes = await call.perform(items)
            for index in items.indices {
                let code = index < codes.count ? codes[index] : .failure(.tooFewAnswers)
                if case .success(.accepted(let time)) = code {
                    answers.append(.success(.accepted(items[index].operation(at: time))))
                } else {
                    answers.append(await answer(code, to: items[index]))
                }
            }
        }
        return answers
    }

    private func answer(_ code: Result<SubmitCode, StoreError>, to item: SubmitItem) async -> Result<SubmitAnswer, StoreError> {
        do throws(StoreError) {
            let code = try code.get()
            if case .unknownDefinition = code {
                try await storeDefinition(of: item.submission)
                return .success(try await accept(item, replicas: 0))
            }
            return .success(try await answer(code, to: item))
        } catch {
            return .failure(error)
        }
    }

    private func makeReady(for submissions: [Submission]) async throws(StoreError) {
        if !isReady { try await recordPartitions() }
        // Those of one definition mostly follow each other.
        var last: DefinitionVersion?
        for submission in submissions where submission.version != last {
            last = submission.version
            if !knownDefinitions.contains(submission.version) { try await storeDefinition(of: submission) }
        }
    }

    private func storeDefinition(of submission: Submission) async throws(StoreError) {
        try await store(submission.definition, version: submission.version, for: submission.id)
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

    /// Notes that operations are accepted with this definition: the topology shows those that no process has any more.
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

/// One submission on its way into a batch. A class for the reason that `CommitItem` is one.
final class SubmitItem: Sendable {
    let submission: Submission
    /// The operation before its first transition.
    let blank: Operation

    init(_ submission: Submission) {
        blank = Self.blank(of: submission)
        self.submission = submission
    }

    private static func blank(of submission: Submission) -> Operation {
        var operation = Operation(
            id: submission.id,
            type: submission.definition.type,
            tenant: submission.tenant,
            definition: submission.version,
            version: 0,
            input: submission.input,
            fingerprint: submission.fingerprint
        )
        operation.metadata = submission.metadata
        operation.resources = submission.resources
        operation.notBefore = submission.notBefore
        operation.traceparent = submission.traceparent
        operation.callback = submission.callback
        return operation
    }

    /// The operation as it is right after it was accepted at `time`.
    func operation(at time: Milliseconds) -> Operation {
        var operation = blank
        operation.apply(submission.transition)
        operation.createdAt = time
        operation.updatedAt = time
        return operation
    }
}

/// One call of the submit script for a batch of submissions of one partition.
struct SubmitCall: Sendable {
    let client: RedisClient
    let partition: Keys.Partition
    let configuration: RedisStore.Configuration

    func perform(_ items: [SubmitItem]) async -> [Result<SubmitCode, StoreError>] {
        let (keys, arguments) = encode(items)
        do {
            return decode(try await client.run(Scripts.submit, keys: keys, arguments: arguments), for: items.count)
        } catch {
            return items.map { _ in .failure(error) }
        }
    }

    /// The call as a command, to go with others.
    func command(for items: [SubmitItem]) -> RedisCommand {
        let (keys, arguments) = encode(items)
        return Scripts.submit.command(keys: keys.arguments, arguments: arguments.all)
    }

    /// The answers to `count` submissions.
    func decode(_ reply: RedisReply, for count: Int) -> [Result<SubmitCode, StoreError>] {
        var answers = ScriptAnswer(reply)
        let time = Milliseconds(Int64(answers.next()?.integer ?? 0))
        var results: [Result<SubmitCode, StoreError>] = []
        results.reserveCapacity(count)
        // Too few answers are the batch's to notice.
        while results.count < count, let answer = answers.next() {
            results.append(Result { () throws(StoreError) in try Self.decode(answer, at: time) })
        }
        return results
    }

    private func encode(_ submissions: [SubmitItem]) -> (KeyList, ScriptArguments) {
        var keys = KeyList.forTransitions(in: partition)
        var items = ScriptArguments(reserving: 1024 * submissions.count)
        var templates = TemplateList()
        let encoder = TransitionEncoder(partition: partition, retention: configuration.retention)
        // Those of one definition mostly follow each other.
        var last: (version: DefinitionVersion, number: Int)?
        for item in submissions {
            keys.add(item.submission.id, of: partition)
            let known = last.flatMap { $0.version == item.submission.version ? $0.number : nil }
            let definition = known ?? keys.number(of: partition.definition(item.submission.version))
            last = (item.submission.version, definition)
            encoder.encode(
                item.submission.transition,
                of: item.blank,
                for: .submission(definition: definition, idempotencyKey: item.submission.idempotencyKey),
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
