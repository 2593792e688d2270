import RedisClient

/// The consumer group of a queue, as XINFO GROUPS shows it.
struct QueueGroup {
    /// The ID of the last entry that was delivered.
    var lastDelivered = "0-0"
    var pending = 0

    /// As of a queue that nobody has read where there is no stream or no group.
    init(_ reply: RedisReply) {
        guard let fields = reply.lazy.map(\.pairs).first(where: { $0["name"]?.string == Keys.group }) else { return }
        lastDelivered = fields["last-delivered-id"]?.string ?? "0-0"
        pending = fields["pending"]?.integer ?? 0
    }
}
