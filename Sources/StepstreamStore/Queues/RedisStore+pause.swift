import RedisClient
public import Stepstream

/// The notice to workers when a queue was paused or resumed; no timer's text begins like it.
enum PauseNotice {
    static let text = "pauses:changed"
}

extension RedisStore {
    /// See `QueueStore`.
    public func pause(_ queue: Name) async throws(StoreError) -> Bool {
        try await setPaused(queue, to: true)
    }

    /// See `QueueStore`.
    public func resume(_ queue: Name) async throws(StoreError) -> Bool {
        try await setPaused(queue, to: false)
    }

    private func setPaused(_ queue: Name, to isPaused: Bool) async throws(StoreError) -> Bool {
        let partition = keys.partition(0)
        let replies = try await sendAll(
            [
                RedisCommand(isPaused ? "SADD" : "SREM", partition.paused, queue.text),
                // Told even when nothing is new: whoever asks again may do so because not all have heard.
                RedisCommand("PUBLISH", partition.wake, PauseNotice.text),
            ],
            doing: isPaused ? "pausing queue \(queue)" : "resuming queue \(queue)"
        )
        return replies[0].integer == 1
    }

    /// See `QueueStore`.
    public func pausedQueues() async throws(StoreError) -> Set<Name> {
        let reply = try await send(RedisCommand("SMEMBERS", keys.partition(0).paused), doing: "reading which queues are paused")
        return Set(reply.compactMap { $0.string.flatMap { Name($0) } })
    }
}
