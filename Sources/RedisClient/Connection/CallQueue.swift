import NIOCore

/// The calls that wait to be written, and the bounds on all that are under way: a value without I/O.
///
/// It outlives connections. A call leaves it by ``take(upTo:)`` when it is written, and what was not taken is still there for
/// the next connection. `Item` is a call; tests use plain values.
struct CallQueue<Item: Sendable> {
    struct Entry {
        var item: Item
        var bytes: Int
        /// The replies the server will owe.
        var replies: Int
        var deadline: NIODeadline
    }

    enum Phase: Equatable {
        case disconnected
        /// `draining` says that the event loop will come for the queue. It is part of the connection's state, so it cannot
        /// outlive the connection that was to do it.
        case connected(draining: Bool)
        case closed
    }

    enum Admission {
        /// `drain`: wake the connection. `watch`: nobody watches the time limits yet; look at this moment.
        case queued(drain: Bool, watch: NIODeadline?)
        case refused(RedisError)
    }

    private(set) var phase = Phase.disconnected
    /// Set while the server refuses our credentials: waiting would only hide that.
    private(set) var refusal: RedisError?
    private(set) var isShuttingDown = false
    private(set) var waiting = CircularBuffer<Entry>()
    /// Calls accepted and not released yet, written or not.
    private(set) var calls = 0
    /// Bytes of those.
    private(set) var bytes = 0
    private var isWatched = false
    private let limits: RedisConfiguration.Limits

    init(limits: RedisConfiguration.Limits) {
        self.limits = limits
    }

    /// Whether a shutdown was asked for and nothing is left to do.
    var isDrained: Bool { isShuttingDown && calls == 0 }

    mutating func offer(_ entry: Entry) -> Admission {
        if let error = refusalOfOffer(entry) { return .refused(error) }
        calls += entry.replies
        bytes += entry.bytes
        waiting.append(entry)
        var drain = false
        if case .connected(draining: false) = phase {
            phase = .connected(draining: true)
            drain = true
        }
        defer { isWatched = true }
        return .queued(drain: drain, watch: isWatched ? nil : entry.deadline)
    }

    private func refusalOfOffer(_ entry: Entry) -> RedisError? {
        if phase == .closed || isShuttingDown {
            return RedisError(.closed, "the Redis client is shut down", class: .notApplied)
        }
        if let refusal { return refusal }
        if entry.bytes > limits.queuedBytes || entry.replies > limits.queuedCalls {
            return RedisError(
                .refusedCommand,
                "a call of \(entry.replies) commands and \(entry.bytes) bytes is above the queue's limits "
                    + "(\(limits.queuedCalls) commands, \(limits.queuedBytes) bytes): split it",
                class: .other
            )
        }
        if calls + entry.replies > limits.queuedCalls || bytes + entry.bytes > limits.queuedBytes {
            return RedisError(
                .busy,
                "\(calls) commands (\(bytes) bytes) wait for Redis already: it is slower than the calls; try again later",
                class: .notApplied
            )
        }
        return nil
    }

    /// Counts a call that is written without waiting its turn, such as those that restore subscriptions. Returns when to look
    /// at the time limits, if nobody does.
    mutating func adopt(_ entry: Entry) -> NIODeadline? {
        calls += entry.replies
        bytes += entry.bytes
        defer { isWatched = true }
        return isWatched ? nil : entry.deadline
    }

    /// The calls to write next, at least one and then up to `limit` bytes. Ends the draining that was asked for if it takes all.
    mutating func take(upTo limit: Int) -> CircularBuffer<Entry> {
        guard case .connected = phase else { return CircularBuffer() }
        var taken = CircularBuffer<Entry>()
        var room = limit
        while let first = waiting.first, taken.isEmpty || first.bytes <= room {
            room -= first.bytes
            taken.append(waiting.removeFirst())
        }
        phase = .connected(draining: false)
        return taken
    }

    /// The connection stands. False when the queue is closed and needs none.
    mutating func connected() -> Bool {
        guard phase != .closed else { return false }
        refusal = nil
        phase = .connected(draining: false)
        return true
    }

    mutating func disconnected() {
        guard phase != .closed else { return }
        refusal = nil
        phase = .disconnected
    }

    /// The server refuses us for good. Returns the calls to fail, and fails those to come until a connection stands.
    mutating func refuse(_ error: RedisError) -> [Item] {
        guard phase != .closed else { return [] }
        phase = .disconnected
        refusal = error
        return removeAllWaiting()
    }

    /// Takes out the calls whose time is over. They come in the order of their deadlines, since all have the same limit.
    mutating func expire(_ now: NIODeadline) -> [Item] {
        var expired: [Item] = []
        while let first = waiting.first, first.deadline <= now {
            expired.append(first.item)
            release(calls: first.replies, bytes: first.bytes)
            waiting.removeFirst()
        }
        return expired
    }

    /// The moment to look at the time limits again, given that of the calls on their way; nil ends the watch.
    mutating func nextWatch(_ written: NIODeadline?) -> NIODeadline? {
        let next = [written, waiting.first?.deadline].compactMap(\.self).min()
        isWatched = next != nil
        return next
    }

    /// Calls were answered, or will never be.
    mutating func release(calls: Int, bytes: Int) {
        self.calls -= calls
        self.bytes -= bytes
    }

    mutating func shutDown() {
        isShuttingDown = true
    }

    /// Ends it all; returns the calls to fail.
    mutating func close() -> [Item] {
        phase = .closed
        return removeAllWaiting()
    }

    private mutating func removeAllWaiting() -> [Item] {
        let items = waiting.map(\.item)
        for entry in waiting { release(calls: entry.replies, bytes: entry.bytes) }
        waiting.removeAll()
        return items
    }
}
