public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps the leases of all attempts of this process: renews them at a third of their length, gives an attempt up when its time limit is
/// over, its operation is to be canceled, its lease is lost, or two thirds of the lease have passed without a successful renewal.
public final class LeaseKeeper: Service {
    private struct Held {
        var attempts: [Lease: Entry] = [:]
        var nextWake: Duration?
        var isDraining = false
    }

    private struct Entry {
        var attempt: Attempt?
        var renewedAt: Duration
    }

    /// Who holds the leases.
    public let consumer: String
    /// How long a lease holds without renewal.
    public let length: Milliseconds
    private let store: any OperationStore
    private let clock: any MonotonicClock
    private let logger: Logger
    private let wakeup = Wakeup()
    private let renewal = Wakeup()
    private let held = Mutex(Held())

    /// A keeper that holds nothing yet; `run()` or `keep()` must run while leases are held.
    public init(consumer: String, length: Milliseconds, store: any OperationStore, clock: any MonotonicClock = .system, logger: Logger) {
        self.consumer = consumer
        self.length = length
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// How many leases are held.
    public var count: Int { held.withLock { $0.attempts.count } }

    /// Takes charge of a lease that was asked for at `time`; it may have been given right then. `release` must follow.
    func hold(_ lease: Lease, since time: Duration) {
        held.withLock { $0.attempts[lease] = Entry(attempt: nil, renewedAt: time) }
    }

    /// Whether a lease that was held is still believed to hold.
    func holds(_ lease: Lease) -> Bool {
        held.withLock { $0.attempts[lease] != nil }
    }

    /// Lets go of a lease.
    func release(_ lease: Lease) {
        _ = held.withLock { $0.attempts.removeValue(forKey: lease) }
    }

    /// Starts an attempt under a held lease.
    func start(_ lease: Lease, timeout: Milliseconds) -> Attempt {
        let now = clock.now
        let attempt = Attempt(lease, deadline: now + timeout.duration)
        let (isDraining, isEarlier) = held.withLock { held in
            held.attempts[lease]?.attempt = attempt
            let wake = min(attempt.deadline, (held.attempts[lease]?.renewedAt ?? now) + length.duration * 2 / 3)
            let isEarlier = held.nextWake.map { wake < $0 } ?? true
            if isEarlier { held.nextWake = wake }
            return (held.isDraining, isEarlier)
        }
        if isDraining { attempt.finish(.drained) }
        if isEarlier { wakeup.raise() }
        return attempt
    }

    /// Gives up every attempt, and every one that is started from now on, so that its work is handed back.
    public func drain() {
        let attempts = held.withLock { held in
            held.isDraining = true
            return held.attempts.values.compactMap(\.attempt)
        }
        for attempt in attempts { attempt.finish(.drained) }
    }

    /// Tells the attempts of `operation` that it is to be canceled.
    public func cancelRequested(_ operation: OperationID) {
        let attempts = held.withLock { held in
            held.attempts.filter { $0.key.message.operation == operation && $0.key.message.work.action == .run }.compactMap(\.value.attempt)
        }
        for attempt in attempts { attempt.finish(.cancelRequested) }
    }

    /// Renews all leases now rather than when the next renewal is due: the store may just have come back.
    public func renewNow() {
        renewal.raise()
    }

    /// Renews and watches until a graceful shutdown or until the task is canceled.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.keep() }
    }

    /// Renews and watches until the task is canceled, also while a graceful shutdown lets attempts finish.
    public func keep() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch() }
            group.addTask { await self.renewRegularly() }
        }
    }

    // MARK: Watching

    private func watch() async {
        while !Task.isCancelled {
            let next = held.withLock { held in
                held.nextWake = held.attempts.values.map { min($0.attempt?.deadline ?? .seconds(1 << 40), giveUp(of: $0)) }.min()
                return held.nextWake
            }
            await wakeup.wait(until: next, on: clock)
            let now = clock.now
            let (overdue, expiring) = held.withLock { held in
                (
                    held.attempts.values.compactMap(\.attempt).filter { $0.deadline <= now },
                    held.attempts.filter { giveUp(of: $0.value) <= now }.map(\.key)
                )
            }
            for attempt in overdue { attempt.finish(.timedOut) }
            for lease in expiring { lose(lease) }
        }
    }

    /// Two thirds of a lease without a renewal: stop before somebody else can begin.
    private func giveUp(of entry: Entry) -> Duration {
        entry.renewedAt + length.duration * 2 / 3
    }

    private func lose(_ lease: Lease) {
        let entry = held.withLock { $0.attempts.removeValue(forKey: lease) }
        entry?.attempt?.finish(.leaseLost)
        if entry != nil { logger.warning("A lease was lost", metadata: .lease(lease)) }
    }

    // MARK: Renewing

    private func renewRegularly() async {
        var isFailing = false
        while !Task.isCancelled {
            let pause = isFailing ? length.duration / 12 : length.duration / 3
            await renewal.wait(until: clock.now + pause, on: clock)
            guard !Task.isCancelled else { return }
            isFailing = await renewAll(wasFailing: isFailing)
        }
    }

    /// Returns whether it failed. Logs when that changes, not every time.
    private func renewAll(wasFailing: Bool) async -> Bool {
        let leases = held.withLock { Array($0.attempts.keys) }
        guard !leases.isEmpty else { return false }
        let asked = clock.now
        do {
            let answers = try await store.renew(leases, by: length)
            for (lease, answer) in zip(leases, answers) { note(answer, for: lease, at: asked) }
            if wasFailing { logger.info("Leases are renewed again", metadata: [LogKey.count: "\(leases.count)"]) }
            return false
        } catch {
            if !wasFailing {
                let metadata: Logger.Metadata = [LogKey.error: "\(error)", LogKey.count: "\(leases.count)"]
                logger.warning("Leases are not renewed; what is running stops after two thirds of a lease", metadata: metadata)
            }
            return true
        }
    }

    private func note(_ answer: RenewAnswer, for lease: Lease, at time: Duration) {
        switch answer {
        case .renewed:
            held.withLock { $0.attempts[lease]?.renewedAt = time }
        case .cancelRequested:
            let attempt = held.withLock { held in
                held.attempts[lease]?.renewedAt = time
                return held.attempts[lease]?.attempt
            }
            if lease.message.work.action == .run { attempt?.finish(.cancelRequested) }
        case .lost:
            lose(lease)
        }
    }
}
