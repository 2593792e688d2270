/// The keys of log metadata beside those of `LogSubject`; values go here, never into messages. Payloads and secrets have no key.
package enum LogKey {
    /// The operation's type.
    package static let type = "type"
    /// The step.
    package static let step = "step"
    /// `forward` or `undo`.
    package static let direction = "direction"
    /// What a worker does besides running steps: claiming, renewing, tidying, …
    package static let duty = "duty"
    /// The queue.
    package static let queue = "queue"
    /// The attempt's epoch.
    package static let epoch = "epoch"
    /// The consumer that acts.
    package static let consumer = "consumer"
    /// A count of what the message is about.
    package static let count = "count"
    /// An error, without secrets.
    package static let error = "error"
    /// An address or URL, without credentials.
    package static let address = "address"
    /// A request's ID.
    package static let request = "request"
    /// The version of a definition.
    package static let definition = "definition"
    /// How long something took or will take, in milliseconds.
    package static let milliseconds = "milliseconds"
    /// A folder or file.
    package static let path = "path"
    /// A process ID.
    package static let process = "process"
}
