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
/// After the connection was lost sweeps pause for one lease. The time Redis was away counts as idle, and a failover may have lost
/// renewals that were answered; all living workers then look dead although their attempts run and will be renewed as soon as they are
/// connected again. One lease gives each of them the time. At the start of a process there is no pause: it cannot know whether Redis was
/// away, and if so the other workers' own pauses and their renewals leave little that could be begun twice. Nothing depends on it but
/// repeated work; a late commit is refused in either case.
final class ReclaimLoop: Sendable {
    private let store: any OperationStore
    private let configuration: WorkerConfiguration
    private let slots: Slots
    private let stop: Stop
    private let trouble: StoreTrouble
    private let dispatcher: Dispatcher
    private let clock: any MonotonicClock
    private let logger: Logger
    private let earliest = Mutex(Duration.zero)

    init(
        store: any OperationStore,
        configuration: WorkerConfiguration,
        slots: Slots,
        stop: Stop,
        trouble: StoreTrouble,
        dispatcher: Dispatcher,
        clock: any MonotonicClock,
        logger: Logger
    ) {
        self.store = store
        self.configuration = configuration
        self.slots = slots
        self.stop = stop
        self.trouble = trouble
        self.dispatcher = dispatcher
        self.clock = clock
        self.logger = logger
    }

    /// Begins nothing for one lease from now on.
    func holdOff() {
        let until = clock.now + configuration.lease.duration
        earliest.withLock { $0 = until }
    }

    /// Returns when the worker is to end and every step it began has been committed.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !stop.isRaised, !Task.isCancelled {
                if !isHeldOff {
                    for queue in configuration.queues { await sweep(queue, in: &group) }
                }
                // Spread, so that many workers do not sweep the same list at the same moment.
                let pause = configuration.reclaimInterval * Double.random(in: 0.8...1.2)
                await stop.sleep(until: max(clock.now + pause, earliest.withLock { $0 }), on: clock)
            }
        }
    }

    private var isHeldOff: Bool { clock.now < earliest.withLock { $0 } }

    private func sweep(_ queue: Name, in group: inout DiscardingTaskGroup) async {
        var cursor = ReclaimCursor.start
        repeat {
            guard await slots.someFree(for: .recovered) != nil, !isHeldOff, !Task.isCancelled else { return }
            do throws(StoreError) {
                let page = try await store.reclaim(
                    queue,
                    consumer: configuration.consumer,
                    idle: configuration.lease,
                    cursor: cursor
                )
                trouble.over(.reclaim)
                note(page, of: queue)
                cursor = page.cursor
                await dispatch(page.messages[...], in: &group)
            } catch {
                if stop.isRaised { return }
                await trouble.pause(.reclaim, after: error)
            }
        } while cursor != .start && !stop.isRaised
    }

    /// What is not begun because the worker ends stays pending; it may be anybody's, and a sweep finds it again.
    private func dispatch(_ messages: ArraySlice<DeliveredMessage>, in group: inout DiscardingTaskGroup) async {
        var rest = messages
        while !rest.isEmpty {
            let taken = await slots.take(upTo: rest.count, for: .recovered)
            guard taken > 0 else { return }
            let batch = Array(rest.prefix(taken))
            rest = rest.dropFirst(taken)
            group.addTask { [dispatcher] in await dispatcher.process(batch) }
        }
    }

    private func note(_ page: ReclaimPage, of queue: Name) {
        guard page.deleted > 0 else { return }
        let metadata: Logger.Metadata = [LogKey.queue: "\(queue)", LogKey.count: "\(page.deleted)"]
        logger.warning("Claimed entries were deleted from the stream", metadata: metadata)
    }
}
