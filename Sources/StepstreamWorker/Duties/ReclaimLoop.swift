import Logging
import Stepstream
import Synchronization

/// Looks through what is claimed for work whose lease has run out, and begins it like fresh work.
///
/// A sweep goes through to the end of the pending list every round, with the cursor carried on: the store examines only so many entries
/// a call, and to start over each time would never get past a long list of held ones. What it finds are candidates; whether a lease has
/// run out is decided by the operation's own record when they are begun. A sweep claims what it finds, so it waits for a free slot first:
/// a worker without one would only hide the work from the others.
///
/// After Redis was away sweeps pause for one lease. The time it was away counts as idle, and a failover may have lost renewals that were
/// answered; all living workers then look dead although their attempts run and will be renewed as soon as they are connected again. One
/// lease gives each of them the time. What counts is that a call of this worker failed, not that a subscription was made again: that one
/// may break alone. The pauses together last four leases at most: a connection that keeps failing must not end recovery for good.
///
/// At the start of a process there is no pause: it cannot know whether Redis was away, and if so the other workers' own pauses and their
/// renewals leave little that could be begun twice. Nothing depends on it but repeated work; a late commit is refused in either case.
final class ReclaimLoop: Sendable {
    private let store: any WorkStore
    private let configuration: WorkerConfiguration
    private let slots: Slots
    private let stop: Stop
    private let retry: StoreRetry
    private let dispatcher: Dispatcher
    private let reconcile: ReconcileLoop
    private let paused: PausedQueues
    private let clock: any MonotonicClock
    private let logger: Logger
    private let lastSweep: Mutex<Duration>

    init(
        store: any WorkStore,
        configuration: WorkerConfiguration,
        slots: Slots,
        stop: Stop,
        retry: StoreRetry,
        dispatcher: Dispatcher,
        reconcile: ReconcileLoop,
        paused: PausedQueues,
        clock: any MonotonicClock,
        logger: Logger
    ) {
        self.store = store
        self.configuration = configuration
        self.slots = slots
        self.stop = stop
        self.retry = retry
        self.dispatcher = dispatcher
        self.reconcile = reconcile
        self.paused = paused
        self.clock = clock
        self.logger = logger
        lastSweep = Mutex(clock.now)
    }

    /// Returns when the worker is to end and every step it began has been committed.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !stop.isRaised, !Task.isCancelled {
                if clock.now >= earliest {
                    for queue in configuration.queues where !paused.contains(queue) { await sweep(queue, in: &group) }
                }
                // Spread, so that many workers do not sweep the same list at the same moment.
                let pause = configuration.reclaimInterval * Double.random(in: 0.8...1.2)
                await stop.sleep(until: max(clock.now + pause, earliest), on: clock)
            }
        }
    }

    /// When the next sweep may begin.
    private var earliest: Duration {
        guard let away = retry.lastAway else { return .zero }
        let pause = configuration.reclaimPause
        return min(away + pause, lastSweep.withLock { $0 } + pause * 4)
    }

    private func sweep(_ queue: Name, in group: inout DiscardingTaskGroup) async {
        var cursor = ReclaimCursor.start
        repeat {
            guard await slots.someFree(for: .recovered) != nil, clock.now >= earliest, !Task.isCancelled else { return }
            do throws(StoreError) {
                let page = try await store.reclaim(
                    queue,
                    consumer: configuration.consumer,
                    idle: configuration.lease,
                    cursor: cursor
                )
                retry.succeeded(.reclaim)
                note(page, of: queue)
                cursor = page.cursor
                // The call may have waited for a connection: a process that was stopped meanwhile would take over what it runs itself. What it
                // claimed here stays pending, and a later sweep finds it.
                guard clock.now >= earliest else { return }
                await dispatcher.dispatch(page.messages, as: .recovered, in: &group)
            } catch {
                if stop.isRaised { return }
                await retry.pause(.reclaim, after: error)
            }
        } while cursor != .start && !stop.isRaised
        let now = clock.now
        lastSweep.withLock { $0 = now }
    }

    private func note(_ page: ReclaimPage, of queue: Name) {
        guard page.deleted > 0 else { return }
        let metadata: Logger.Metadata = [LogKey.queue: "\(queue)", LogKey.count: "\(page.deleted)"]
        logger.warning("Claimed entries were deleted from the stream", metadata: metadata)
        reconcile.ask()
    }
}
