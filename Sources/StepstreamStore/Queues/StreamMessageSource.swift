import Logging
import RedisClient
import Stepstream
import Synchronization

/// Reads the messages of one worker: XREADGROUP over all its queues, on connections of its own, one a partition.
final class StreamMessageSource: MessageReader, ReadingControl {
    /// How long one read waits. Long, because a message ends the wait; bounded, so that a silent connection is noticed.
    private static let block = Duration.seconds(5)

    private let keys: Keys
    private let queues: [Name]
    private let queueOfKey: [String: Name]
    private let consumer: String
    private let store: RedisStore
    private let readers: Mutex<[RedisReader]>
    private let reads = PartitionReads()
    private let state = Mutex(State())
    /// Raised when other queues are read than before, or none any more.
    private let changed = Wakeup()
    private let clock: any MonotonicClock = .system
    private let logger: Logger

    private struct State {
        /// COUNT holds per stream, so that one read over many queues may bring more than was asked for; the rest waits here.
        var left: [DeliveredMessage] = []
        /// How many streams the last read of all queues of each partition brought entries of.
        var busy: [Int: Int] = [:]
        var rotations: [Int: QueueRotation] = [:]
        var hasGroups = false
        /// What nothing is taken from.
        var paused: Set<Name> = []
        var isClosed = false
    }

    init(_ store: RedisStore, queues: [Name], consumer: String) {
        self.store = store
        self.queues = queues
        self.consumer = consumer
        keys = store.keys
        let named = store.keys.all.flatMap { partition in queues.map { (partition.queue($0), $0) } }
        queueOfKey = Dictionary(named) { first, _ in first }
        logger = store.logger
        readers = Mutex(store.keys.all.map { _ in store.client.makeReader() })
    }

    func next(limit: Int) async throws(StoreError) -> [DeliveredMessage] {
        let left = takeLeft(limit)
        if !left.isEmpty { return left }
        try await ensureGroups()
        guard !open.isEmpty else {
            // Not for ever: whoever reads wants to see that the reading goes on.
            await changed.wait(until: clock.now + Self.block, on: clock)
            return []
        }
        let messages: [DeliveredMessage]
        if keys.partitions == 1 {
            messages = try await read(keys.partition(0), limit: limit)
        } else {
            messages = try await readFirst(limit: limit)
        }
        let rest = messages.dropFirst(limit)
        if !rest.isEmpty { state.withLock { $0.left += rest } }
        return Array(messages.prefix(limit))
    }

    /// The queues that are read.
    private var open: [Name] {
        let paused = state.withLock { $0.paused }
        return queues.filter { !paused.contains($0) }
    }

    func pause(_ queues: Set<Name>) async {
        let isNew = state.withLock { state in
            defer { state.paused = queues }
            return state.paused != queues
        }
        guard isNew else { return }
        changed.raise()
        // A read that waits on a queue would still be handed its next message.
        for reader in readers.withLock({ $0 }) { reader.wake() }
    }

    func close() async {
        state.withLock { $0.isClosed = true }
        changed.raise()
        await withDiscardingTaskGroup { group in
            for reader in readers.withLock({ $0 }) { group.addTask { await reader.shutDown() } }
        }
        await reads.end()
    }

    func rest() -> [DeliveredMessage] {
        let arrived = reads.rest().flatMap { outcome in
            switch outcome {
            case .success(let messages): messages
            case .failure: [DeliveredMessage]()
            }
        }
        return takeLeft(.max) + arrived
    }

    func reconnect() async {
        let old = readers.withLock { readers in
            defer { readers = readers.map { _ in store.client.makeReader() } }
            return readers
        }
        for reader in old { reader.close() }
        // One that was closed meanwhile stays closed.
        if state.withLock({ $0.isClosed }) { await close() }
    }

    private func takeLeft(_ limit: Int) -> [DeliveredMessage] {
        state.withLock { state in
            let taken = Array(state.left.prefix(limit))
            state.left.removeFirst(taken.count)
            return taken
        }
    }

    /// Waits on all partitions at once.
    private func readFirst(limit: Int) async throws(StoreError) -> [DeliveredMessage] {
        let outcomes = await reads.outcomes(of: keys.partitions) { number in
            do throws(StoreError) {
                return .success(try await self.read(self.keys.partition(number), limit: limit))
            } catch {
                return .failure(error)
            }
        }
        var messages: [DeliveredMessage] = []
        var failure: StoreError?
        for outcome in outcomes {
            switch outcome {
            case .success(let some): messages += some
            case .failure(let error): if error.code != .cancelled { failure = error }
            }
        }
        if messages.isEmpty, let failure { throw failure }
        return messages
    }

    private func read(_ partition: Keys.Partition, limit: Int) async throws(StoreError) -> [DeliveredMessage] {
        while let turn = nextTurn(in: partition) {
            let found = try await read(turn, of: partition, each: Self.share(of: limit, among: turn.count), block: nil)
            state.withLock { $0.rotations[partition.number]?.bring(found.full) }
            if !found.messages.isEmpty { return found.messages }
        }
        let queues = open
        guard !queues.isEmpty else { return [] }
        let takesTurns = queues.count > QueueRotation.width
        // Shared out among the streams that had something the last time, so that little is claimed that must wait here.
        let share = Self.share(of: limit, among: takesTurns ? queues.count : busy(partition))
        let found = try await read(queues, of: partition, each: share, block: Self.block)
        guard !found.messages.isEmpty else { return [] }
        let now = clock.now
        state.withLock { state in
            if takesTurns {
                state.rotations[partition.number, default: QueueRotation()].begin(found.full, at: now)
            } else {
                state.busy[partition.number] = found.busy
            }
        }
        return found.messages
    }

    private static func share(of limit: Int, among count: Int) -> Int { (limit + count - 1) / count }

    private func nextTurn(in partition: Keys.Partition) -> [Name]? {
        let (open, now) = (open, clock.now)
        return state.withLock { $0.rotations[partition.number]?.next(of: open, at: now) }
    }

    /// What a read brought.
    private struct Found {
        var messages: [DeliveredMessage] = []
        /// How many queues had messages.
        var busy = 0
        /// Those that had as many as were asked for, and may have more.
        var full: [Name] = []
    }

    /// Reads up to `each` messages of each of `queues`, and waits for the first one if `wait` says how long.
    private func read(
        _ queues: [Name],
        of partition: Keys.Partition,
        each: Int,
        block: Duration?
    ) async throws(StoreError) -> Found {
        var arguments: RedisArguments = ["GROUP", Keys.group, consumer, "COUNT", each]
        if let block {
            arguments.append("BLOCK")
            arguments.append(Int(Milliseconds(block).count))
        }
        arguments.append("STREAMS")
        for queue in queues { arguments.append(partition.queue(queue)) }
        for _ in queues { arguments.append(">") }
        let reader = readers.withLock { $0[partition.number] }
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await reader.read(RedisCommand("XREADGROUP", arguments), block: block ?? .zero)
            if let error = reply.error { throw error }
        } catch {
            if error.code == .noGroup || error.code == .unblocked { state.withLock { $0.hasGroups = false } }
            throw StoreError(error, doing: "reading messages")
        }
        return reply.isNull ? Found() : found(reply, each: each)
    }

    private func busy(_ partition: Keys.Partition) -> Int { state.withLock { $0.busy[partition.number] ?? 1 } }

    private func found(_ reply: RedisReply, each: Int) -> Found {
        var found = Found(busy: reply.count)
        for (stream, queue) in zip(reply, queuesOf(reply)) {
            var decoder = StreamEntryDecoder(queue: queue)
            let entries = stream[1]
            if entries.count >= each { found.full.append(queue) }
            found.messages.reserveCapacity(found.messages.count + entries.count)
            for entry in entries {
                if let message = decoder.decode(entry) {
                    found.messages.append(message)
                } else {
                    logger.error("A stream entry cannot be read and is left pending", metadata: [LogKey.queue: "\(queue)"])
                }
            }
        }
        return found
    }

    /// Redis answers only the streams that have entries, by key.
    private func queuesOf(_ reply: RedisReply) -> [Name] {
        reply.map { stream in stream[0].string.flatMap { queueOfKey[$0] } ?? Step.defaultQueue }
    }

    private func ensureGroups() async throws(StoreError) {
        guard !state.withLock({ $0.hasGroups }) else { return }
        try await store.ensureGroups(of: queues)
        // From the first read on: a worker that starts must not take from what is paused.
        let paused = try await store.pausedQueues()
        state.withLock { state in
            state.hasGroups = true
            state.paused = paused
        }
    }
}
