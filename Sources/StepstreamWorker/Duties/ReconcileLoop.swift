import Logging
import Stepstream
import Synchronization

/// Goes through the live operations again and again and publishes what has lost its message: after a deleted stream or group, a restored
/// snapshot, a failover that lost the tail.
///
/// One worker at a time is enough, so each round is somebody's turn; the script makes it harmless when two go at once. A round is carried
/// to its end by a cursor, with a pause after each call, so that many live operations do not keep Redis from its work.
final class ReconcileLoop: Sendable {
    private let store: any UpkeepStore
    private let operations: any OperationReader
    private let configuration: WorkerConfiguration
    private let retry: StoreRetry
    private let clock: any MonotonicClock
    private let logger: Logger
    private let wakeup = Wakeup()
    private let isAsked = Mutex(false)

    /// Between two calls of a round: what takes Redis a millisecond is done at most once in twenty.
    private static let breath = Duration.milliseconds(20)
    /// Rounds that were asked for are made at most so often, by all workers together.
    private static let urgent = Milliseconds(5000)

    init(
        store: any UpkeepStore,
        operations: any OperationReader,
        configuration: WorkerConfiguration,
        retry: StoreRetry,
        clock: any MonotonicClock,
        logger: Logger
    ) {
        self.store = store
        self.operations = operations
        self.configuration = configuration
        self.retry = retry
        self.clock = clock
        self.logger = logger
    }

    /// Something may have been lost: a round is made soon rather than in its turn.
    func ask() {
        isAsked.withLock { $0 = true }
        wakeup.raise()
    }

    /// Returns when the task is canceled.
    func run() async {
        while !Task.isCancelled {
            let pause = configuration.reconcileInterval * Double.random(in: 0.5...1)
            await wakeup.wait(until: clock.now + pause, on: clock)
            let isAsked = isAsked.withLock { isAsked in
                defer { isAsked = false }
                return isAsked
            }
            guard !Task.isCancelled else { return }
            do throws(StoreError) {
                if isAsked {
                    try await round(in: "reconcile-now", for: Self.urgent)
                } else {
                    try await round(in: "reconcile", for: Milliseconds(configuration.reconcileInterval))
                }
                retry.succeeded(.reconcile)
            } catch {
                await retry.pause(.reconcile, after: error)
            }
        }
    }

    private func round(in turn: Name, for duration: Milliseconds) async throws(StoreError) {
        var found = ReconcileAnswer()
        repeat {
            guard try await store.takeTurn(at: turn, as: configuration.consumer, for: duration), !Task.isCancelled else { break }
            let answer = try await store.reconcile(from: found.cursor, limit: configuration.batch, grace: grace)
            found.add(answer)
            // Canceled only when the worker ends: the loop's condition sees it.
            do { try await clock.sleep(until: clock.now + Self.breath) } catch { break }
        } while found.cursor != .start && !Task.isCancelled
        await report(found)
    }

    /// After Redis was away all leases look lost, although their attempts run and will be renewed: see `ReclaimLoop`.
    private var grace: Milliseconds? {
        let isSettled = retry.lastAway.map { clock.now >= $0 + configuration.lease.duration } ?? true
        return isSettled ? configuration.lease : nil
    }

    private func report(_ found: ReconcileAnswer) async {
        logger.debug("Live operations were examined", metadata: [LogKey.count: "\(found.examined)"])
        await warn("Operations had lost their message; a new one was published", operations: found.republished)
        await warn("Live operations have no message, timer or lease; look into them", operations: found.stranded)
        await warn(
            "Operations use a definition that the store has lost; submit an operation of their type, or restore it",
            operations: found.undefined
        )
        if found.timers > 0 { logger.warning("Lost timers were set again", metadata: [LogKey.count: "\(found.timers)"]) }
        if found.removed > 0 {
            let metadata: Logger.Metadata = [LogKey.count: "\(found.removed)"]
            logger.warning("Ended or deleted operations were still in the set of live ones; they were removed", metadata: metadata)
        }
    }

    private func warn(_ words: Logger.Message, operations: [OperationID]) async {
        guard let first = operations.first else { return }
        let subject = await self.operations.logSubject(of: first)
        logger.warning(words, metadata: .about(subject, and: [LogKey.count: "\(operations.count)"]))
    }
}

extension ReconcileAnswer {
    fileprivate mutating func add(_ other: ReconcileAnswer) {
        examined += other.examined
        timers += other.timers
        removed += other.removed
        republished += other.republished
        stranded += other.stranded
        undefined += other.undefined
        cursor = other.cursor
    }
}
