import RedisClient

/// A consumer of a queue, as XINFO CONSUMERS shows it.
struct QueueConsumer {
    let name: String
    let pending: Int
    /// How long ago in ms it last tried to read; before Redis 7.2, last got something.
    let idle: Int?
    /// How long ago in ms it last got something.
    let inactive: Int?

    private init?(_ reply: RedisReply) {
        let fields = reply.pairs
        guard let name = fields["name"]?.string else { return nil }
        self.name = name
        pending = fields["pending"]?.integer ?? 0
        idle = fields["idle"]?.integer
        inactive = (fields["inactive"] ?? fields["idle"])?.integer
    }

    /// None where there is no stream or no group.
    static func all(_ reply: RedisReply) -> [QueueConsumer] {
        reply.error == nil ? reply.compactMap(QueueConsumer.init) : []
    }
}
