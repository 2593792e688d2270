import Logging

/// The metadata keys of this room.
enum LogKey: String {
    case processIdentifier = "redis.pid"
    case folder = "redis.folder"
    case socket = "redis.socket"
    case status = "redis.exit-status"
    case backoff = "redis.restart-in"
    case error = "error"
}

extension Logger.Metadata {
    static func of(_ pairs: (LogKey, any CustomStringConvertible)...) -> Logger.Metadata {
        Logger.Metadata(uniqueKeysWithValues: pairs.map { ($0.0.rawValue, .string($0.1.description)) })
    }
}
