import RedisClient
public import Stepstream

extension RedisStore {
    /// See `UpkeepStore`.
    public func takeTurn(at duty: Name, as consumer: String, for duration: Milliseconds) async throws(StoreError) -> Bool {
        var keyList = KeyList()
        keyList.add(keys.partition(0).turn(duty.text))
        var arguments = RedisArguments()
        arguments.append(consumer)
        arguments.append(Int(duration.count))
        return try await evaluate(Scripts.turn, keys: keyList, arguments: arguments).integer == 1
    }

    /// See `UpkeepStore`.
    package func reconcile(
        from cursor: ReconcileCursor,
        limit: Int,
        grace: Milliseconds?
    ) async throws(StoreError) -> ReconcileAnswer {
        let (number, position) = cursor.place
        var answer = ReconcileAnswer()
        guard number < keys.partitions else { return answer }
        let partition = keys.partition(number)
        let command = RedisCommand("ZSCAN", partition.live, position, "COUNT", String(limit))
        let reply = try await send(command, doing: "looking through the live operations")
        guard reply.count == 2, let next = reply[0].string else { throw StoreError(.corrupt, "ZSCAN answered something unknown.") }
        let ids = reply[1].pairs.keys.compactMap(OperationID.init)
        // A short index is answered whole, whatever the limit says.
        for start in stride(from: 0, to: ids.count, by: limit) {
            try await reconcile(Array(ids[start..<min(start + limit, ids.count)]), in: partition, grace: grace, into: &answer)
        }
        answer.examined = ids.count
        answer.cursor = ReconcileCursor(after: next, in: number, of: keys.partitions)
        return answer
    }

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
        guard reply.count == 4 else { throw StoreError(.corrupt, "Script reconcile answered something unknown.") }
        answer.removed += reply[0].integer ?? 0
        answer.timers += reply[1].integer ?? 0
        answer.stranded += reply[2].compactMap { $0.string.flatMap(OperationID.init) }
        answer.republished += reply[3].compactMap { $0.string?.split(separator: " ").first.map(String.init).flatMap(OperationID.init) }
    }

    /// The definitions of live operations. These and the operations' idempotency keys are renewed on the way, so that they outlive them.
    private func definitionVersions(
        of ids: [OperationID],
        in partition: Keys.Partition
    ) async throws(StoreError) -> [DefinitionVersion?] {
        let doing = "reading the definitions of live operations"
        let commands = ids.map { RedisCommand("HMGET", partition.operation($0), Fields.definition, Fields.tenant, Fields.idempotency) }
        var versions: [DefinitionVersion?] = []
        var renewals: [RedisCommand] = []
        for reply in try await send(commands, doing: doing) {
            if let error = reply.error { throw StoreError(error, doing: doing) }
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
        for reply in try await send(renewals, doing: "renewing idempotency keys and definitions") {
            if let error = reply.error { throw StoreError(error, doing: "renewing idempotency keys and definitions") }
        }
        return versions
    }
}

extension ReconcileCursor {
    /// A round goes through the partitions one after the other: `<partition>/<position>`.
    fileprivate var place: (partition: Int, position: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let number = Int(parts[0]) else { return (0, "0") }
        return (number, String(parts[1]))
    }

    fileprivate init(after position: String, in partition: Int, of count: Int) {
        if position != "0" {
            self.init(text: "\(partition)/\(position)")
        } else {
            self = partition + 1 < count ? ReconcileCursor(text: "\(partition + 1)/0") : .start
        }
    }
}

/// One call of the reconcile script: operations of one partition.
private struct ReconcileCall {
    let partition: Keys.Partition
    private(set) var keys: KeyList
    private(set) var arguments = RedisArguments()

    /// Without a grace no lease is taken for lost.
    init(partition: Keys.Partition, grace: Milliseconds?) {
        self.partition = partition
        keys = .forTransitions(in: partition)
        keys.add(partition.reconciler)
        arguments.append(grace.map { String($0.count) } ?? "9e15")
    }

    mutating func add(_ id: OperationID, version: DefinitionVersion?, definition: Definition?) {
        arguments.append(keys.number(of: partition.operation(id)))
        arguments.append(id.text)
        arguments.append(version?.text ?? "")
        guard let definition, let version else { return arguments.append("") }
        let records = definition.steps.flatMap(Self.records)
        arguments.append(records.count)
        arguments.append(definition.deadline.map { String($0.count) } ?? "")
        arguments.append(definition.deadline == nil ? "" : DeadlineMember(id, definition: version).text)
        arguments.append(definition.steps.first { $0.undo == .pivot }.map { Fields.record(Work(.forward, $0.name)) } ?? "")
        for (work, queue) in records {
            arguments.append(Fields.record(work))
            arguments.append(keys.number(of: partition.queue(queue)))
            arguments.append(TimerMember.prefix(work, queue: queue, definition: version) + id.text)
        }
    }

    private static func records(of step: Step) -> [(Work, Name)] {
        let run = (Work(.forward, step.name), step.queue)
        guard let undo = step.undo.compensation else { return [run] }
        return [run, (Work(.undo, step.name), undo.queue ?? step.queue)]
    }
}
