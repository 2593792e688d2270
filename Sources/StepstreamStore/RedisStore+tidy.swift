import RedisClient
public import Stepstream

extension RedisStore {
    /// See `OperationStore`.
    public func tidy(limit: Int) async throws(StoreError) -> TidyAnswer {
        var answer = TidyAnswer(indexEntries: 0, consumers: 0)
        for partition in keys.all {
            answer.indexEntries += try await trim(partition, limit: limit)
        }
        // It will be called again, and the consumers need to be looked at once only.
        guard answer.indexEntries < limit else { return answer }
        for partition in keys.all { answer.consumers += try await retireConsumers(in: partition) }
        return answer
    }

    /// An ended operation expires `retention` after its end, so not before `retention` after its creation, by which the index is ordered.
    private func trim(_ partition: Keys.Partition, limit: Int) async throws(StoreError) -> Int {
        let time = try await send(RedisCommand("TIME"), doing: "reading Redis's clock")
        let now = Int64(time[0].integer ?? 0) * 1000
        var removed = 0
        var offset = 0
        while removed < limit {
            let command = RedisCommand(
                "ZRANGE",
                partition.ended,
                "-inf",
                String(now - configuration.retention.count),
                "BYSCORE",
                "LIMIT",
                String(offset),
                "100"
            )
            let ids = try await send(command, doing: "looking for expired operations").compactMap { $0.string.flatMap(OperationID.init) }
            guard !ids.isEmpty else { break }
            var keyList = KeyList()
            keyList.add(partition.ended)
            keyList.add(partition.attention)
            var arguments = RedisArguments()
            for id in ids {
                keyList.add(partition.operation(id))
                arguments.append(id.text)
            }
            let gone = try await evaluate(Scripts.trim, keyList, arguments).integer ?? 0
            removed += gone
            offset += ids.count - gone
        }
        return removed
    }

    private func retireConsumers(in partition: Keys.Partition) async throws(StoreError) -> Int {
        var retired = 0
        for queue in try await knownQueues(in: partition) {
            let doing = "looking for gone consumers"
            let reply = try await send([RedisCommand("XINFO", "CONSUMERS", partition.queue(queue), Keys.group)], doing: doing)[0]
            // Not yet read by anyone, or deleted: its next reader makes stream and group.
            if let error = reply.error, error.isMissingQueue { continue }
            if let error = reply.error { throw StoreError(error, doing: doing) }
            for consumer in reply.map(ConsumerState.init) where consumer.pending == 0 && consumer.idle >= configuration.consumerIdle.count {
                var keyList = KeyList()
                keyList.add(partition.queue(queue))
                var arguments = RedisArguments()
                arguments.append(consumer.name)
                arguments.append(Int(configuration.consumerIdle.count))
                retired += try await evaluate(Scripts.retire, keyList, arguments).integer ?? 0
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

/// One line of XINFO CONSUMERS.
private struct ConsumerState {
    var name = ""
    var pending = 0
    var idle = 0

    init(_ reply: RedisReply) {
        let fields = reply.pairs
        name = fields["name"]?.string ?? ""
        pending = fields["pending"]?.integer ?? 0
        idle = fields["idle"]?.integer ?? 0
    }
}

extension RedisReply {
    /// An array of names and values as a dictionary.
    var pairs: [String: RedisReply] {
        var pairs: [String: RedisReply] = [:]
        var name: String?
        for element in self {
            if let key = name {
                pairs[key] = element
                name = nil
            } else {
                name = element.string
            }
        }
        return pairs
    }
}
