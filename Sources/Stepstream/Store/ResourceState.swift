/// How far the writes to one resource are: what a consumer of an eventually consistent service asks before it reads.
public struct ResourceState: Sendable, Hashable {
    /// An operation that names the resource and has not ended.
    public struct Pending: Sendable, Hashable {
        /// The operation.
        public var operation: OperationID
        /// Its type.
        public var type: Name
        /// When it was accepted, by Redis's clock.
        public var since: Milliseconds

        /// A pending operation.
        public init(operation: OperationID, type: Name, since: Milliseconds) {
            self.operation = operation
            self.type = type
            self.since = since
        }
    }

    /// The operation on the resource that ended last.
    public struct Ended: Sendable, Hashable {
        /// The operation.
        public var operation: OperationID
        /// Its type.
        public var type: Name
        /// How it ended.
        public var status: Status
        /// Its last version.
        public var version: Int
        /// When it ended, by Redis's clock.
        public var time: Milliseconds

        /// An ended operation.
        public init(operation: OperationID, type: Name, status: Status, version: Int, time: Milliseconds) {
            self.operation = operation
            self.type = type
            self.status = status
            self.version = version
            self.time = time
        }
    }

    /// What is pending, oldest first.
    public var pending: [Pending]
    /// What ended last; nil when nothing did within the retention.
    public var lastEnded: Ended?

    /// A state.
    public init(pending: [Pending] = [], lastEnded: Ended? = nil) {
        self.pending = pending
        self.lastEnded = lastEnded
    }
}
