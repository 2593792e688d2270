/// The names of the metadata that this room's log lines carry.
enum LogKey {
    static let endpoint = "redis.endpoint"
    static let error = "redis.error"
    static let errorClass = "redis.error.class"
    static let attempt = "redis.attempt"
    static let pause = "redis.pause"
    static let server = "redis.server"
    static let left = "redis.left"
    static let channels = "redis.channels"
}
