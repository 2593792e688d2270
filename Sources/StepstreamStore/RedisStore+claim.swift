import RedisClient
package import Stepstream

extension RedisStore {
    /// See `MessageFeed`.
    package func messageSource(queues: [Name], consumer: String) -> MessageSource {
        MessageSource(StreamMessageSource(self, queues: queues, consumer: consumer))
    }

    /// See `WorkStore`.
    package func reclaim(
        _ queue: Name,
        consumer: String,
        idle: Milliseconds,
        cursor: ReclaimCursor
    ) async throws(StoreError) -> ReclaimPage {
        let (number, position) = cursor.place
        guard number < keys.partitions else { return ReclaimPage(messages: [], cursor: .start, deleted: 0) }
        let command = RedisCommand(
            "XAUTOCLAIM",
            keys.partition(number).queue(queue),
            Keys.group,
            consumer,
            String(idle.count),
            position,
            "COUNT",
            "100"
        )
        let replies = try await send([command], doing: "looking for abandoned messages")
        if replies[0].error?.code == .noGroup {
            // Nobody has read yet, or the group was destroyed: what it held is delivered again, from the beginning.
            try await ensureGroups(of: [queue])
            return ReclaimPage(messages: [], cursor: ReclaimCursor(partition: number + 1, of: keys.partitions), deleted: 0)
        }
        if let error = replies[0].error { throw StoreError(error, doing: "looking for abandoned messages") }
        let reply = replies[0]
        guard reply.count == 3 else { throw StoreError(.corrupt, "XAUTOCLAIM answered something unknown.") }
        var decoder = StreamEntryDecoder(queue: queue)
        let messages = reply[1].compactMap { decoder.decode($0) }
        let next = reply[0].string ?? "0-0"
        let cursor =
            next == "0-0" ? ReclaimCursor(partition: number + 1, of: keys.partitions) : ReclaimCursor(partition: number, position: next)
        return ReclaimPage(messages: messages, cursor: cursor, deleted: reply[2].count)
    }
}

extension ReclaimCursor {
    /// A sweep goes through the partitions one after the other: `<partition>/<stream ID>`.
    fileprivate var place: (partition: Int, position: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let number = Int(parts[0]) else { return (0, "0-0") }
        return (number, String(parts[1]))
    }

    fileprivate init(partition: Int, position: String) {
        self.init(text: "\(partition)/\(position)")
    }

    fileprivate init(partition: Int, of count: Int) {
        self = partition < count ? ReclaimCursor(partition: partition, position: "0-0") : .start
    }
}
