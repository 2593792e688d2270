/// How the store is.
package struct StoreHealth: Sendable, Hashable {
    /// One thing that was looked at.
    package struct Finding: Sendable, Hashable {
        /// What is looked at. docs/operations.md has a row for each.
        package enum Subject: String, Sendable, Hashable, CaseIterable {
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
        package enum Severity: String, Sendable, Hashable {
            /// As it should be.
            case ok
            /// Works, but someone should know.
            case warning
            /// Not ready.
            case failure
        }
        /// What was looked at.
        package var subject: Subject
        /// How bad it is.
        package var severity: Severity
        /// What is so, why it matters, and what to do.
        package var words: String

        /// A finding.
        package init(_ subject: Subject, _ severity: Severity, _ words: String) {
            self.subject = subject
            self.severity = severity
            self.words = words
        }
    }

    /// A worker as a reader of one queue.
    package struct ConsumerState: Sendable, Hashable {
        /// Its name.
        package var name: String
        /// Entries that it has claimed.
        package var holds: Int
        /// How long ago it last asked for something or renewed what it holds.
        package var idle: Milliseconds

        /// A state.
        package init(name: String, holds: Int, idle: Milliseconds) {
            self.name = name
            self.holds = holds
            self.idle = idle
        }
    }

    /// How far one queue is behind.
    package struct QueueState: Sendable, Hashable {
        /// The queue.
        package var queue: Name
        /// Entries that wait or are being worked on.
        package var length: Int
        /// Entries that are claimed.
        package var pending: Int
        /// Age of the oldest entry that waits, if any.
        package var oldestWaiting: Milliseconds?
        /// How long ago a worker last took something from it or renewed what it holds; nil when no worker is known.
        package var unmoved: Milliseconds?
        /// The workers that have read it, by name; those that are long gone are left out once they are tidied up.
        package var consumers: [ConsumerState]
        /// Whether it is paused: workers claim nothing from it.
        package var isPaused: Bool

        /// A state.
        package init(
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
    package struct Counts: Sendable, Hashable {
        /// Operations that have not ended.
        package var live = 0
        /// Operations that need a person.
        package var attention = 0
        /// Messages scheduled for later, and deadlines.
        package var timers = 0
        /// What the reconciler did so far, by the name of its counter.
        package var reconciler: [String: Int] = [:]

        /// Nothing.
        package init() {}
    }

    /// What was found, in the order looked at.
    package var findings: [Finding]
    /// The queues that are known.
    package var queues: [QueueState]

    /// What is held and counted; nil when the store does not answer.
    package var counts: Counts?

    /// A state of health.
    package init(findings: [Finding], queues: [QueueState] = [], counts: Counts? = nil) {
        self.findings = findings
        self.queues = queues
        self.counts = counts
    }

    /// Whether operations can be accepted and worked on.
    package var isReady: Bool { !findings.contains { $0.severity == .failure } }
}
