public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps the leases of all attempts of this process: renews them at a third of their length, gives an attempt up when its time limit is
/// over, its operation is to be canceled, its lease is lost, or two thirds of the lease have passed without a successful renewal.
public final class LeaseKeeper: Service {
    private struct Held {
        var entries: [Ticket: Entry] = [:]
        var lastTicket: Ticket = 0
        var nextWake: Duration?
        var isDraining = false
    }

    private struct Entry {
        var lease: Lease
        var traceparent: String?
        /// The attempt, until it has ended or its time is over.
        var attempt: Attempt?
        var renewedAt: Duration
    }

    /// Stands for a lease that is held. A number, because it is looked up several times a step and a lease is dear to hash.
    typealias Ticket = Int

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
    public var count: Int { held.withLock { $0.entries.count } }

    /// Takes charge of a lease that was asked for at `time`; it may have been given right then. `release` must follow.
    func hold(_ lease: Lease, of operation: Operation, since time: Duration) -> Ticket {
        held.withLock { held in
            held.lastTicket += 1
            held.entries[held.lastTicket] = Entry(lease: lease, traceparent: operation.traceparent, attempt: nil, renewedAt: time)
            return held.lastTicket
        }
    }

    /// Whether a lease that was held is still believed to hold.
    func holds(_ ticket: Ticket) -> Bool {
        held.withLock { $0.entries[ticket] != nil }
    }

    /// Lets go of a lease.
    func release(_ ticket: Ticket) {
        _ = held.withLock { $0.entries.removeValue(forKey: ticket) }
    }

    /// Starts an attempt under a held lease.
    func start(_ ticket: Ticket, timeout: Milliseconds) -> Attempt {
        let now = clock.now
        let attempt = Attempt(deadline: now + timeout.duration)
        let (isDraining, isLost, isEarlier) = held.withLock { held in
            held.entries[ticket]?.attempt = attempt
            guard let entry = held.entries[ticket] else { return (held.isDraining, true, false) }
            let wake = min(attempt.deadline, giveUp(of: entry))
            let isEarlier = held.nextWake.map { wake < $0 } ?? true
            if isEarlier { held.nextWake = wake }
            return (held.isDraining, false, isEarlier)
        }
        if isLost { attempt.finish(.leaseLost) }
        if isDraining { attempt.finish(.drained) }
        if isEarlier { wakeup.raise() }
        return attempt
    }

    /// Gives up every attempt, and every one that is started from now on, so that its work is handed back.
    public func drain() {
        let attempts = held.withLock { held in
            held.isDraining = true
            return held.entries.values.compactMap(\.attempt)
        }
        for attempt in attempts { attempt.finish(.drained) }
    }

    /// Tells the attempts of `operation` that it is to be canceled.
    public func cancelRequested(_ operation: OperationID) {
        let attempts = held.withLock { held in
            held.entries.values.filter { $0.lease.message.operation == operation && $0.lease.message.work.action == .run }.compactMap(
                \.attempt
            )
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
                held.nextWake = held.entries.values.map { min($0.attempt?.deadline ?? giveUp(of: $0), giveUp(of: $0)) }.min()
                return held.nextWake
            }
            await wakeup.wait(until: next, on: clock)
            let now = clock.now
            for attempt in takeOverdue(now) { attempt.finish(.timedOut) }
            let expiring = held.withLock { held in held.entries.filter { giveUp(of: $0.value) <= now }.map(\.key) }
            for ticket in expiring { lose(ticket) }
        }
    }

    /// The attempts whose time is over; each once, as its commit may take longer and must not wake the watch again and again.
    private func takeOverdue(_ now: Duration) -> [Attempt] {
        held.withLock { held in
            held.entries.compactMap { ticket, entry in
                guard let attempt = entry.attempt, attempt.deadline <= now else { return nil }
                held.entries[ticket]?.attempt = nil
                return attempt
            }
        }
    }

    /// Two thirds of a lease without a renewal: stop before somebody else can begin.
    private func giveUp(of entry: Entry) -> Duration {
        Mutant.isPlanted(.noSelfFence) ? .seconds(1_000_000) : entry.renewedAt + length.duration * 2 / 3
    }

    private func lose(_ ticket: Ticket) {
        guard let entry = held.withLock({ $0.entries.removeValue(forKey: ticket) }) else { return }
        Failpoint.reach(.leaseLost)
        entry.attempt?.finish(.leaseLost)
        logger.warning("A lease was lost", metadata: .about(LogSubject(entry.lease, traceparent: entry.traceparent)))
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
        let leases = held.withLock { held in held.entries.map { (ticket: $0.key, lease: $0.value.lease) } }
        guard !leases.isEmpty else { return false }
        let asked = clock.now
        do {
            Failpoint.reach(.beforeRenew)
            let answers = try await store.renew(leases.map(\.lease), by: length)
            Failpoint.reach(.afterRenew)
            for (held, answer) in zip(leases, answers) { note(answer, for: held.ticket, at: asked) }
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

    private func note(_ answer: RenewAnswer, for ticket: Ticket, at time: Duration) {
        guard answer != .lost else { return lose(ticket) }
        let entry = held.withLock { held in
            held.entries[ticket]?.renewedAt = time
            return held.entries[ticket]
        }
        guard answer == .cancelRequested, let entry, entry.lease.message.work.action == .run else { return }
        entry.attempt?.finish(.cancelRequested)
    }
}
