/// How far the writes to one resource are: what a consumer of an eventually consistent service asks before it reads.
package struct ResourceState: Sendable, Hashable {
    /// An operation that names the resource and has not ended.
    package struct Pending: Sendable, Hashable {
        /// The operation.
        package var operation: OperationID
        /// Its type.
        package var type: Name
        /// When it was accepted, by Redis's clock.
        package var since: Milliseconds

        /// A pending operation.
        package init(operation: OperationID, type: Name, since: Milliseconds) {
            self.operation = operation
            self.type = type
            self.since = since
        }
    }

    /// The operation on the resource that ended last.
    package struct Ended: Sendable, Hashable {
        /// The operation.
        package var operation: OperationID
        /// Its type.
        package var type: Name
        /// How it ended.
        package var status: Status
        /// Its last version.
        package var version: Int
        /// When it ended, by Redis's clock.
        package var time: Milliseconds

        /// An ended operation.
        package init(operation: OperationID, type: Name, status: Status, version: Int, time: Milliseconds) {
            self.operation = operation
            self.type = type
            self.status = status
            self.version = version
            self.time = time
        }
    }

    /// What is pending, oldest first.
    package var pending: [Pending]
    /// What ended last; nil when nothing did within the retention.
    package var lastEnded: Ended?

    /// A state.
    package init(pending: [Pending] = [], lastEnded: Ended? = nil) {
        self.pending = pending
        self.lastEnded = lastEnded
    }
}
