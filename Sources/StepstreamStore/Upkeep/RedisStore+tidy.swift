import RedisClient
package import Stepstream
import Synchronization

extension RedisStore {
    /// See `UpkeepStore`.
    package func tidy(limit: Int) async throws(StoreError) -> TidyAnswer {
        var answer = TidyAnswer(indexEntries: 0, consumers: 0)
        for partition in keys.all {
            answer.indexEntries += try await trim(partition, limit: limit)
        }
        // It will be called again, and the consumers need to be looked at once only.
        guard answer.indexEntries < limit else { return answer }
        for partition in keys.all { answer.consumers += try await retireConsumers(in: partition) }
        return answer
    }

    /// How many pages of what was passed over before a round looks at.
    private static let sweptPages = 10

    /// An ended operation expires `retention` after its end, so not before `retention` after its creation, by which the index is ordered.
    private func trim(_ partition: Keys.Partition, limit: Int) async throws(StoreError) -> Int {
        let end = try await time().count - configuration.retention.count
        // What was created first is mostly what expires first.
        var front = SweepCursor()
        guard var last = try await trimPage(of: partition, from: &front, to: end) else {
            sweeps.withLock { $0[partition.number] = nil }
            return 0
        }
        var removed = last
        while removed < limit, last > 0, let next = try await trimPage(of: partition, from: &front, to: end) {
            removed += next
            last = next
        }
        // Behind those that took long others are gone: some pages more, from where the last round stopped.
        var sweep: SweepCursor? = sweeps.withLock { $0[partition.number] } ?? front
        for _ in 0..<Self.sweptPages {
            guard removed < limit, var cursor = sweep else { break }
            let next = try await trimPage(of: partition, from: &cursor, to: end)
            removed += next ?? 0
            // At the end; the next round begins behind its own front again.
            sweep = next == nil ? nil : cursor
        }
        sweeps.withLock { [sweep] in $0[partition.number] = sweep }
        return removed
    }

    /// Removes those of a hundred entries from `cursor` on that have expired, and answers how many; nil when there are no entries any more.
    private func trimPage(
        of partition: Keys.Partition,
        from cursor: inout SweepCursor,
        to end: Int64
    ) async throws(StoreError) -> Int? {
        let command = RedisCommand(
            "ZRANGE",
            partition.ended,
            cursor.score,
            String(end),
            "BYSCORE",
            "LIMIT",
            String(cursor.passed),
            "100",
            "WITHSCORES"
        )
        let page = try await send(command, doing: "looking for expired operations").scored
        guard !page.isEmpty else { return nil }
        let entries = page.map { (id: OperationID($0.text), score: $0.score) }
        // What is no ID was not written by us, and stays.
        let known = entries.indices.filter { entries[$0].id != nil }
        var kept = Set(entries.indices).subtracting(known)
        var keyList = KeyList()
        keyList.add(TrimScript.Key.ended, key: partition.ended)
        keyList.add(TrimScript.Key.attention, key: partition.attention)
        var arguments = ScriptArguments()
        for id in known.compactMap({ entries[$0].id }) {
            keyList.add(partition.operation(id))
            arguments.append(TrimScript.Operation.id, value: id.text)
        }
        for number in try await evaluate(Scripts.trim, keys: keyList, arguments: arguments).compactMap(\.integer) {
            kept.insert(known[number - 1])
        }
        cursor.advance(over: entries.map(\.score), kept: kept)
        return entries.count - kept.count
    }

    private func retireConsumers(in partition: Keys.Partition) async throws(StoreError) -> Int {
        var retired = 0
        for queue in try await knownQueues(in: partition) {
            let doing = "looking for gone consumers"
            let reply = try await send([RedisCommand("XINFO", "CONSUMERS", partition.queue(queue), Keys.group)], doing: doing)[0]
            // Not yet read by anyone, or deleted: its next reader makes stream and group.
            if let error = reply.error, error.isMissingQueue { continue }
            if let error = reply.error { throw StoreError(error, doing: doing) }
            for consumer in QueueConsumer.all(reply)
            where consumer.pending == 0 && consumer.idle ?? 0 >= configuration.consumerIdle.count {
                var keyList = KeyList()
                keyList.add(RetireScript.Key.queue, key: partition.queue(queue))
                var arguments = ScriptArguments()
                arguments.append(RetireScript.Argument.consumer, value: consumer.name)
                arguments.append(RetireScript.Argument.idle, value: configuration.consumerIdle)
                retired += try await evaluate(Scripts.retire, keys: keyList, arguments: arguments).integer ?? 0
            }
        }
        return retired
    }

    func knownQueues(in partition: Keys.Partition) async throws(StoreError) -> [Name] {
        let reply = try await send(RedisCommand("SMEMBERS", partition.queues), doing: "reading the queues")
        return reply.compactMap { $0.string.flatMap(Name.init) }.sorted()
    }
}

extension RedisError {
    /// Whether a stream, or its group, does not exist.
    fileprivate var isMissingQueue: Bool { code == .noGroup || message.hasPrefix("ERR no such key") }
}
