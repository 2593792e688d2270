import RedisClient
package import Stepstream

extension RedisStore {
    /// See `QueueStore`.
    package func contents(of queue: Name, limit: Int) async throws(StoreError) -> QueueContents {
        var contents = QueueContents()
        for partition in keys.all {
            let part = try await self.contents(of: queue, in: partition, limit: limit)
            contents.held += part.held
            contents.waiting += part.waiting
        }
        contents.held = Array(contents.held.sorted { $0.idle > $1.idle }.prefix(limit))
        contents.waiting = Array(contents.waiting.sorted { $0.since < $1.since }.prefix(limit))
        return contents
    }

    private func contents(of queue: Name, in partition: Keys.Partition, limit: Int) async throws(StoreError) -> QueueContents {
        let key = partition.queue(queue)
        let doing = "reading queue \(queue)"
        let replies = try await send(
            [RedisCommand("XPENDING", key, Keys.group, "-", "+", String(limit)), RedisCommand("XINFO", "GROUPS", key)],
            doing: doing
        )
        // A queue that nobody has used has no stream and no group.
        guard replies[0].error == nil, replies[1].error == nil else { return QueueContents() }
        let last = QueueGroup(replies[1]).lastDelivered
        let pending = replies[0].filter { $0.count == 4 }
        let entries = try await send(
            [RedisCommand("XRANGE", key, "(" + last, "+", "COUNT", String(limit))]
                + pending.map { entry in RedisCommand("XRANGE", key, entry[0].string ?? "-", entry[0].string ?? "-") },
            doing: doing
        )
        var decoder = StreamEntryDecoder(queue: queue)
        var contents = QueueContents()
        for entry in entries[0] {
            guard let delivered = decoder.decode(entry), let time = StreamEntryDecoder.time(of: entry) else { continue }
            contents.waiting.append(.init(message: delivered.message, since: time))
        }
        for (entry, found) in zip(pending, entries.dropFirst()) {
            // Done since.
            guard found.count == 1, let delivered = decoder.decode(found[0]) else { continue }
            contents.held.append(
                .init(
                    message: delivered.message,
                    consumer: entry[1].string ?? "",
                    idle: Milliseconds(Int64(entry[2].integer ?? 0)),
                    deliveries: entry[3].integer ?? 0
                )
            )
        }
        return contents
    }
}
