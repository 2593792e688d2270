/// What happened to operations in some time: added up by each process, and kept by the minute where operations live.
package struct OperationCounts: Sendable, Hashable {
    /// How often each thing happened.
    package var counts: [Kind: Int]
    /// Times from acceptance to the end: how many fell into each of `bounds`, and one more for what took longer.
    package var durations: [Int]
    /// Times from the moment a message was due to the begin of its step, counted like `durations`.
    package var waits: [Int]

    /// What is counted.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Operations accepted.
        case accepted
        /// Operations that ended so.
        case succeeded, failed, canceled
        /// Attempts that began.
        case attempts
        /// Attempts after which the step is tried again.
        case retries
        /// Steps undone.
        case undone
        /// Operations that began to need a person.
        case attention
        /// Webhooks that were delivered, and tries that were not.
        case delivered, undelivered
    }

    /// Upper bounds of times, in milliseconds, inclusive.
    package static let bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000]

    /// Nothing.
    package init() {
        counts = [:]
        durations = Array(repeating: 0, count: Self.bounds.count + 1)
        waits = durations
    }

    /// Which of `durations` or `waits` a time belongs to.
    package static func bucket(of time: Milliseconds) -> Int {
        bounds.firstIndex { time.count <= $0 } ?? bounds.count
    }
}

/// The counts of one minute, over all processes.
package struct MinuteCounts: Sendable, Hashable {
    /// Minutes since 1970-01-01T00:00Z.
    package var minute: Int
    /// What happened in it.
    package var counts: OperationCounts

    /// The counts of a minute.
    package init(minute: Int, counts: OperationCounts) {
        self.minute = minute
        self.counts = counts
    }
}

/// Where counts outlive the processes that count.
package protocol CountStore: Sendable {
    /// Adds what happened since the last call to the present minute, by the store's clock.
    func add(_ counts: OperationCounts) async throws(StoreError)
    /// The minutes of the last `minutes` in which something happened, oldest first. A day of them is kept.
    func counts(ofLast minutes: Int) async throws(StoreError) -> [MinuteCounts]
}
