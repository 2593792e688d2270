/// The keys of log metadata beside those of `LogSubject`; values go here, never into messages. Payloads and secrets have no key.
public enum LogKey {
    /// The operation's type.
    public static let type = "type"
    /// The step.
    public static let step = "step"
    /// `forward` or `undo`.
    public static let direction = "direction"
    /// What a worker does besides running steps: claiming, renewing, tidying, …
    public static let duty = "duty"
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
    /// A process ID.
    public static let process = "process"
}
