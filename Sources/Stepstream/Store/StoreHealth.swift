/// How the store is.
public struct StoreHealth: Sendable, Hashable {
    /// One thing that was looked at.
    public struct Finding: Sendable, Hashable {
        /// What is looked at. docs/operations.md has a row for each.
        public enum Subject: String, Sendable, Hashable, CaseIterable {
            /// Whether Redis answers as it must.
            case connection
            /// Whether it is a primary.
            case role
            /// What it does when its memory is full.
            case maxmemoryPolicy = "maxmemory-policy"
            /// What of its data is on its disk.
            case persistence
            /// Whether it could write to that.
            case disk
            /// How many replicas follow it.
            case replicas
            /// How full it is.
            case memory
            /// Whether what is accepted is kept as it is configured to be.
            case durability
            /// Whether something is taken from each queue that has something.
            case queues
            /// Whether the configured receivers of webhooks answer well.
            case webhooks
            /// Whether a server lets requests through to the store.
            case requests
            /// Whether the definitions of the process that asks are in order.
            case definitions
        }

        /// How bad it is.
        public enum Severity: String, Sendable, Hashable {
            /// As it should be.
            case ok
            /// Works, but someone should know.
            case warning
            /// Not ready.
            case failure
        }
        /// What was looked at.
        public var subject: Subject
        /// How bad it is.
        public var severity: Severity
        /// What is so, why it matters, and what to do.
        public var words: String

        /// A finding.
        public init(_ subject: Subject, _ severity: Severity, _ words: String) {
            self.subject = subject
            self.severity = severity
            self.words = words
        }
    }

    /// A worker as a reader of one queue.
    public struct ConsumerState: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Entries that it has claimed.
        public var holds: Int
        /// How long ago it last asked for something or renewed what it holds.
        public var idle: Milliseconds

        /// A state.
        public init(name: String, holds: Int, idle: Milliseconds) {
            self.name = name
            self.holds = holds
            self.idle = idle
        }
    }

    /// How far one queue is behind.
    public struct QueueState: Sendable, Hashable {
        /// The queue.
        public var queue: Name
        /// Entries that wait or are being worked on.
        public var length: Int
        /// Entries that are claimed.
        public var pending: Int
        /// Age of the oldest entry that waits, if any.
        public var oldestWaiting: Milliseconds?
        /// How long ago a worker last took something from it or renewed what it holds; nil when no worker is known.
        public var unmoved: Milliseconds?
        /// The workers that have read it, by name; those that are long gone are left out once they are tidied up.
        public var consumers: [ConsumerState]
        /// Whether workers are told to take nothing from it.
        public var isPaused: Bool

        /// A state.
        public init(
            queue: Name,
            length: Int,
            pending: Int,
            oldestWaiting: Milliseconds?,
            unmoved: Milliseconds? = nil,
            consumers: [ConsumerState] = [],
            isPaused: Bool = false
        ) {
            self.queue = queue
            self.length = length
            self.pending = pending
            self.oldestWaiting = oldestWaiting
            self.unmoved = unmoved
            self.consumers = consumers
            self.isPaused = isPaused
        }
    }

    /// What the store holds and has counted, over all partitions.
    public struct Counts: Sendable, Hashable {
        /// Operations that have not ended.
        public var live = 0
        /// Operations that need a person.
        public var attention = 0
        /// Messages that wait for their time, and ends of total times.
        public var timers = 0
        /// What the reconciler did so far, by the name of its counter.
        public var reconciler: [String: Int] = [:]

        /// Nothing.
        public init() {}
    }

    /// What was found, in the order looked at.
    public var findings: [Finding]
    /// The queues that are known.
    public var queues: [QueueState]

    /// What is held and counted; nil when the store does not answer.
    public var counts: Counts?

    /// A state of health.
    public init(findings: [Finding], queues: [QueueState] = [], counts: Counts? = nil) {
        self.findings = findings
        self.queues = queues
        self.counts = counts
    }

    /// Whether operations can be accepted and worked on.
    public var isReady: Bool { !findings.contains { $0.severity == .failure } }
}
