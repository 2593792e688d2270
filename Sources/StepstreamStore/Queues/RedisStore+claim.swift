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
        let place = PartitionPlace(cursor.text, start: Self.sweepStart)
        guard place.partition < keys.partitions else { return ReclaimPage(messages: [], cursor: .start, deleted: 0) }
        let command = RedisCommand(
            "XAUTOCLAIM",
            keys.partition(place.partition).queue(queue),
            Keys.group,
            consumer,
            String(idle.count),
            place.position,
            "COUNT",
            "100"
        )
        let replies = try await send([command], doing: "looking for abandoned messages")
        if replies[0].error?.code == .noGroup {
            // Nobody has read yet, or the group was destroyed: what it held is delivered again, from the beginning.
            try await ensureGroups(of: [queue])
            return ReclaimPage(messages: [], cursor: self.cursor(behind: place, at: Self.sweepStart), deleted: 0)
        }
        if let error = replies[0].error { throw StoreError(error, doing: "looking for abandoned messages") }
        let reply = replies[0]
        guard reply.count == 3 else { throw StoreError(.corrupt, "XAUTOCLAIM answered something unknown.") }
        var decoder = StreamEntryDecoder(queue: queue)
        let messages = reply[1].compactMap { decoder.decode($0) }
        let next = self.cursor(behind: place, at: reply[0].string ?? Self.sweepStart)
        return ReclaimPage(messages: messages, cursor: next, deleted: reply[2].count)
    }

    /// The stream ID where XAUTOCLAIM begins, and with which it ends.
    private static let sweepStart = "0-0"

    /// Where to go on when Redis has answered `position`.
    private func cursor(behind place: PartitionPlace, at position: String) -> ReclaimCursor {
        place.next(at: position, start: Self.sweepStart, partitions: keys.partitions).map { ReclaimCursor(text: $0.text) } ?? .start
    }
}
