package import Logging
import ServiceLifecycle
import Synchronization

/// Keeps the leases of all attempts of this process: renews them at a third of their length, gives an attempt up when its time limit is
/// over, its operation is to be canceled, its lease is lost, or two thirds of the lease have passed without a successful renewal.
package final class LeaseKeeper: Service {
    private struct Held {
        var tickets: [HeldLease] = []
        var nextWake: Duration?
        var isDraining = false

        mutating func add(_ ticket: HeldLease) {
            ticket.position = tickets.count
            tickets.append(ticket)
        }

        mutating func remove(_ ticket: HeldLease) {
            guard let position = ticket.position else { return }
            let last = tickets.removeLast()
            if last !== ticket {
                tickets[position] = last
                last.position = position
            }
            ticket.position = nil
        }
    }

    /// A lease that is, or was, held.
    ///
    /// - Note: `@unchecked Sendable` holds because what changes is read and written inside the keeper's lock only.
    final class HeldLease: @unchecked Sendable {
        fileprivate let lease: Lease
        fileprivate let traceparent: String?
        /// The attempt, until it has ended or its time is over.
        fileprivate var attempt: Attempt?
        fileprivate var renewedAt: Duration
        fileprivate var isCommitting = false
        /// Where it stands among those that are held; nil when it is not.
        fileprivate var position: Int?

        fileprivate init(_ lease: Lease, traceparent: String?, renewedAt: Duration) {
            self.lease = lease
            self.traceparent = traceparent
            self.renewedAt = renewedAt
        }
    }

    /// Who holds the leases.
    package let consumer: String
    /// How long a lease holds without renewal.
    package let length: Milliseconds
    /// How long a lease is believed to hold without a renewal.
    private let patience: Duration
    private let store: any WorkStore
    private let clock: any MonotonicClock
    private let logger: Logger
    private let wakeup = Wakeup()
    private let renewal = Wakeup()
    private let held = Mutex(Held())

    /// A keeper that holds nothing yet; `run()` or `keep()` must run while leases are held.
    ///
    /// - Parameters:
    ///   - consumer: who holds the leases.
    ///   - length: how long a lease holds without renewal.
    ///   - patience: how long it is believed to hold without one; two thirds of `length` unless said otherwise, to stop before somebody
    ///     else can begin.
    ///   - store: where leases are renewed.
    ///   - clock: time.
    ///   - logger: where it logs.
    package init(
        consumer: String,
        length: Milliseconds,
        patience: Duration? = nil,
        store: any WorkStore,
        clock: any MonotonicClock = .system,
        logger: Logger
    ) {
        self.consumer = consumer
        self.length = length
        self.patience = patience ?? length.duration * 2 / 3
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// How many leases are held.
    package var count: Int { held.withLock { $0.tickets.count } }

    /// Takes charge of a lease that was asked for at `time`; it may have been given right then. `release` must follow.
    func hold(_ lease: Lease, of operation: Operation, since time: Duration) -> HeldLease {
        let ticket = HeldLease(lease, traceparent: operation.traceparent, renewedAt: time)
        held.withLock { $0.add(ticket) }
        return ticket
    }

    /// Whether a lease is still believed to hold, so that what was done under it may be committed.
    ///
    /// From now on a renewal that does not find the lease is no loss: the commit may have ended it, and if not, the commit finds out.
    func mayCommit(_ ticket: HeldLease) -> Bool {
        held.withLock { _ in
            ticket.isCommitting = true
            return ticket.position != nil
        }
    }

    /// Lets go of a lease.
    func release(_ ticket: HeldLease) {
        held.withLock { $0.remove(ticket) }
    }

    /// Starts an attempt under a held lease.
    func start(_ ticket: HeldLease, timeout: Milliseconds) -> Attempt {
        let now = clock.now
        let attempt = Attempt(deadline: now + timeout.duration)
        let (isDraining, isLost, isEarlier) = held.withLock { held in
            guard ticket.position != nil else { return (held.isDraining, true, false) }
            ticket.attempt = attempt
            let wake = min(attempt.deadline, ticket.renewedAt + patience)
            let isEarlier = held.nextWake.map { wake < $0 } ?? true
            if isEarlier { held.nextWake = wake }
            return (held.isDraining, false, isEarlier)
        }
        if isLost { attempt.finish(.leaseLost) }
        if isDraining { attempt.finish(.drained) }
        if isEarlier { wakeup.raise() }
        return attempt
    }

    /// Gives up every attempt, and every one that is started from now on, so that its work is released.
    package func drain() {
        let attempts = held.withLock { held in
            held.isDraining = true
            return held.tickets.compactMap(\.attempt)
        }
        for attempt in attempts { attempt.finish(.drained) }
    }

    /// Tells the attempts of `operation` that it is to be canceled.
    package func cancelRequested(_ operation: OperationID) {
        let attempts = held.withLock { held in
            held.tickets.filter { $0.lease.message.operation == operation && $0.lease.message.work.direction == .forward }.compactMap(
                \.attempt
            )
        }
        for attempt in attempts { attempt.finish(.cancelRequested) }
    }

    /// Renews all leases now rather than when the next renewal is due: the store may just have come back.
    package func renewNow() {
        renewal.raise()
    }

    /// Renews and watches until a graceful shutdown or until the task is canceled.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.keep() }
    }

    /// Renews and watches until the task is canceled, also while a graceful shutdown lets attempts finish.
    package func keep() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch() }
            group.addTask { await self.renewRegularly() }
        }
    }

    // MARK: Watching

    private func watch() async {
        while !Task.isCancelled {
            let next = held.withLock { held in
                held.nextWake = held.tickets.map { ticket in
                    let end = ticket.renewedAt + patience
                    return min(ticket.attempt?.deadline ?? end, end)
                }.min()
                return held.nextWake
            }
            await wakeup.wait(until: next, on: clock)
            let now = clock.now
            for attempt in takeOverdue(now) { attempt.finish(.timedOut) }
            let expiring = held.withLock { held in held.tickets.filter { $0.renewedAt + patience <= now } }
            for ticket in expiring { lose(ticket) }
        }
    }

    /// The attempts whose time is over; each once, as its commit may take longer and must not wake the watch again and again.
    private func takeOverdue(_ now: Duration) -> [Attempt] {
        held.withLock { held in
            held.tickets.compactMap { ticket in
                guard let attempt = ticket.attempt, attempt.deadline <= now else { return nil }
                ticket.attempt = nil
                return attempt
            }
        }
    }

    private func lose(_ ticket: HeldLease) {
        let (wasHeld, attempt) = held.withLock { held in
            defer { held.remove(ticket) }
            return (ticket.position != nil, ticket.attempt)
        }
        guard wasHeld else { return }
        Failpoint.reach(.leaseLost)
        attempt?.finish(.leaseLost)
        logger.warning("A lease was lost", metadata: .about(LogSubject(ticket.lease, traceparent: ticket.traceparent)))
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
        let tickets = held.withLock { $0.tickets }
        guard !tickets.isEmpty else { return false }
        let asked = clock.now
        do {
            let answers = try await store.renew(tickets.map(\.lease), by: length)
            for (ticket, answer) in zip(tickets, answers) { note(answer, for: ticket, at: asked) }
            if wasFailing { logger.info("Leases are being renewed again", metadata: [LogKey.count: "\(tickets.count)"]) }
            return false
        } catch {
            if !wasFailing {
                let metadata: Logger.Metadata = [LogKey.error: "\(error)", LogKey.count: "\(tickets.count)"]
                logger.warning("Leases cannot be renewed; running attempts stop after two thirds of a lease", metadata: metadata)
            }
            return true
        }
    }

    private func note(_ answer: RenewAnswer, for ticket: HeldLease, at time: Duration) {
        if answer == .lost {
            if !held.withLock({ _ in ticket.isCommitting }) { lose(ticket) }
            return
        }
        let attempt = held.withLock { _ in
            ticket.renewedAt = time
            return ticket.position == nil ? nil : ticket.attempt
        }
        guard answer == .cancelRequested, ticket.lease.message.work.direction == .forward else { return }
        attempt?.finish(.cancelRequested)
    }
}
