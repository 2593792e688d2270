public import Logging

/// The keys of log metadata; values go here, never into messages. Payloads and secrets have no key.
public enum LogKey {
    /// The operation's ID.
    public static let operation = "operation"
    /// The operation's type.
    public static let type = "type"
    /// The step.
    public static let step = "step"
    /// `run` or `undo`.
    public static let action = "action"
    /// The queue.
    public static let queue = "queue"
    /// The attempt's epoch.
    public static let epoch = "epoch"
    /// The consumer that acts.
    public static let consumer = "consumer"
    /// A count of what the message is about.
    public static let count = "count"
    /// An error, without secrets.
    public static let error = "error"
    /// An address or URL, without credentials.
    public static let address = "address"
    /// A request's ID.
    public static let request = "request"
    /// The version of a definition.
    public static let definition = "definition"
    /// How long something took or will take, in milliseconds.
    public static let milliseconds = "milliseconds"
    /// A folder or file.
    public static let path = "path"
    /// The ID of the trace that the operation belongs to.
    public static let trace = "trace"
    /// A process ID.
    public static let process = "process"
}

extension Logger.Metadata {
    /// What a lease is about.
    public static func lease(_ lease: Lease) -> Logger.Metadata {
        [
            LogKey.operation: "\(lease.message.operation)", LogKey.step: "\(lease.message.work.step)",
            LogKey.action: "\(lease.message.work.action.rawValue)", LogKey.epoch: "\(lease.epoch)",
        ]
    }

    /// What a lease is about, and the trace of its operation.
    public static func lease(_ lease: Lease, of operation: Operation) -> Logger.Metadata {
        var metadata = Self.lease(lease)
        // W3C Trace Context: version, trace, span, flags.
        let parts = operation.traceparent?.split(separator: "-") ?? []
        if parts.count >= 4 { metadata[LogKey.trace] = "\(parts[1])" }
        return metadata
    }
}
