/// Where messages and notices for workers come from.
package protocol MessageFeed: Sendable {
    /// A reader of messages for one worker, on a connection of its own.
    func messageSource(queues: [Name], consumer: String) -> MessageSource
    /// Notices that concern every worker: an earlier timer, a cancellation, the connection's return. One subscription a process.
    func workerNotices() -> WorkerNotices
}

/// Notices that concern every worker.
package typealias WorkerNotices = AsyncStream<WorkerNotice>

/// A notice to every worker.
package enum WorkerNotice: Sendable, Hashable {
    /// A timer was set that is due before all others.
    case earlierTimer
    /// Someone asked to cancel an operation that is running.
    case cancelRequested(OperationID)
    /// A queue was paused or is not any more.
    case pausesChanged
    /// The connection is back: look at everything again.
    case resynchronize
}

/// Where one worker gets its messages: what reads them, and what steers the reading.
package struct MessageSource: Sendable {
    /// Reads them.
    package var reader: any MessageReader
    /// Steers the reading.
    package let control: any ReadingControl

    /// A source that is both.
    package init(_ source: some MessageReader & ReadingControl) {
        reader = source
        control = source
    }
}

/// Reads messages for one worker. Used by one task at a time.
package protocol MessageReader: Sendable {
    /// Waits until there are messages, and claims up to `limit` of them; empty when the wait ran out.
    func next(limit: Int) async throws(StoreError) -> [DeliveredMessage]
    /// What was claimed and not handed out by `next`, once it is closed: for the caller to return unbegun.
    func rest() -> [DeliveredMessage]
}

/// Steers how a worker reads its messages. Used from anywhere.
package protocol ReadingControl: Sendable {
    /// Takes nothing more from `queues`, only from the others; a waiting `next` may come back empty.
    func pause(_ queues: Set<Name>) async
    /// Ends the connection and makes a new one; a waiting `next` throws.
    func reconnect() async
    /// Ends a waiting `next`, which may still bring messages, and the connection. When this returns nothing more is claimed: what is
    /// published from then on goes to others.
    func close() async
}
