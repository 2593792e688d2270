import RedisClient
public import Stepstream

extension RedisStore {
    /// See `UpkeepStore`.
    public func takeTurn(at duty: Name, as consumer: String, for duration: Milliseconds) async throws(StoreError) -> Bool {
        var keyList = KeyList()
        keyList.add(TurnScript.Key.turn, key: keys.partition(0).turn(duty.text))
        var arguments = ScriptArguments()
        arguments.append(TurnScript.Argument.consumer, value: consumer)
        arguments.append(TurnScript.Argument.duration, value: duration)
        return try await evaluate(Scripts.turn, keys: keyList, arguments: arguments).integer == 1
    }

    /// See `UpkeepStore`.
    package func reconcile(
        from cursor: ReconcileCursor,
        limit: Int,
        grace: Milliseconds?
    ) async throws(StoreError) -> ReconcileAnswer {
        let place = PartitionPlace(cursor.text, start: Self.scanStart)
        var answer = ReconcileAnswer()
        guard place.partition < keys.partitions else { return answer }
        let partition = keys.partition(place.partition)
        let command = RedisCommand("ZSCAN", partition.live, place.position, "COUNT", String(limit))
        let reply = try await send(command, doing: "looking through the live operations")
        guard reply.count == 2, let next = reply[0].string else { throw StoreError(.corrupt, "ZSCAN answered something unknown.") }
        let ids = reply[1].pairs.keys.compactMap(OperationID.init)
        // A short index is answered whole, whatever the limit says.
        for start in stride(from: 0, to: ids.count, by: limit) {
            try await reconcile(Array(ids[start..<min(start + limit, ids.count)]), in: partition, grace: grace, into: &answer)
        }
        answer.examined = ids.count
        if let place = place.next(at: next, start: Self.scanStart, partitions: keys.partitions) {
            answer.cursor = ReconcileCursor(text: place.text)
        }
        return answer
    }

    /// The position where ZSCAN begins, and with which it ends.
    private static let scanStart = "0"

    private func reconcile(
        _ ids: [OperationID],
        in partition: Keys.Partition,
        grace: Milliseconds?,
        into answer: inout ReconcileAnswer
    ) async throws(StoreError) {
        let versions = try await definitionVersions(of: ids, in: partition)
        var definitions: [DefinitionVersion: Definition] = [:]
        for version in Set(versions.compactMap(\.self)) { definitions[version] = try await definition(version) }
        var call = ReconcileCall(partition: partition, grace: grace)
        for (id, version) in zip(ids, versions) {
            let definition = version.flatMap { definitions[$0] }
            if version != nil, definition == nil { answer.undefined.append(id) }
            call.add(id, version: version, definition: definition)
        }
        let reply = try await evaluate(Scripts.reconcile, keys: call.keys, arguments: call.arguments)
        typealias Answer = ReconcileScript.Answer
        guard reply.count == Answer.allCases.count else { throw StoreError.unknownAnswer(of: Scripts.reconcile) }
        answer.removed += reply[Answer.removed].integer ?? 0
        answer.timers += reply[Answer.setTimers].integer ?? 0
        answer.stranded += reply[Answer.stranded].compactMap { $0.string.flatMap(OperationID.init) }
        answer.republished += reply[Answer.published].compactMap { published in
            published.string?.split(separator: " ").first.map(String.init).flatMap(OperationID.init)
        }
    }

    /// The definitions of live operations. These and the operations' idempotency keys are renewed on the way, so that they outlive them.
    private func definitionVersions(
        of ids: [OperationID],
        in partition: Keys.Partition
    ) async throws(StoreError) -> [DefinitionVersion?] {
        let commands = ids.map { RedisCommand("HMGET", partition.operation($0), Fields.definition, Fields.tenant, Fields.idempotency) }
        var versions: [DefinitionVersion?] = []
        var renewals: [RedisCommand] = []
        for reply in try await sendAll(commands, doing: "reading the definitions of live operations") {
            versions.append(reply[0].string.flatMap(DefinitionVersion.init))
            guard let tenant = reply[1].string.flatMap(Name.init), let digest = reply[2].string else { continue }
            let key = keys.idempotency(tenant: tenant, digest: digest)
            renewals.append(RedisCommand("PEXPIRE", key, String(idempotencyRetention.count)))
        }
        for version in Set(versions.compactMap(\.self)) {
            // Submissions look for it in the operation's partition, everybody else in the first.
            for place in Set([partition.definition(version), keys.partition(0).definition(version)]) {
                renewals.append(RedisCommand("PEXPIRE", place, String(configuration.definitionRetention.count)))
            }
        }
        _ = try await sendAll(renewals, doing: "renewing idempotency keys and definitions")
        return versions
    }
}

/// One call of the reconcile script: operations of one partition.
private struct ReconcileCall {
    let partition: Keys.Partition
    private(set) var keys = KeyList()
    private(set) var arguments = ScriptArguments()

    /// Without a grace no lease is taken for lost.
    init(partition: Keys.Partition, grace: Milliseconds?) {
        self.partition = partition
        typealias Key = ReconcileScript.Key
        keys.add(Key.timers, key: partition.timers)
        keys.add(Key.live, key: partition.live)
        keys.add(Key.ended, key: partition.ended)
        keys.add(Key.attention, key: partition.attention)
        keys.add(Key.reconciler, key: partition.reconciler)
        arguments.append(ReconcileScript.Argument.grace, value: grace.map { String($0.count) } ?? "9e15")
    }

    mutating func add(_ id: OperationID, version: DefinitionVersion?, definition: Definition?) {
        typealias Row = ReconcileScript.Operation
        typealias Record = ReconcileScript.Record
        let deadline = definition?.deadline
        let pivot = definition?.steps.first { $0.undo == .pivot }
        let records = definition?.steps.flatMap(Self.records)
        arguments.append(Row.operation, value: keys.number(of: partition.operation(id)))
        arguments.append(Row.id, value: id.text)
        arguments.append(Row.definition, value: version?.text)
        arguments.append(Row.deadline, value: deadline)
        arguments.append(Row.timer, value: version.flatMap { deadline == nil ? nil : DeadlineMember(id, definition: $0).text })
        arguments.append(Row.pivot, value: pivot.map { Fields.record(Work(.forward, $0.name)) })
        arguments.append(Row.records, value: records.map { String($0.count) })
        guard let version, let records else { return }
        for (work, queue) in records {
            arguments.append(Record.record, value: Fields.record(work))
            arguments.append(Record.stream, value: keys.number(of: partition.queue(queue)))
            arguments.append(Record.timer, value: TimerMember.prefix(work, queue: queue, definition: version) + id.text)
        }
    }

    private static func records(of step: Step) -> [(Work, Name)] {
        let run = (Work(.forward, step.name), step.queue)
        return step.undo.compensation == nil ? [run] : [run, (Work(.undo, step.name), step.undoQueue)]
    }
}
