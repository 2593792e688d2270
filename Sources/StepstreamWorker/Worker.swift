import Glibc
public import Logging
public import ServiceLifecycle
public import Stepstream
import Synchronization

/// Claims messages, runs their steps and commits what became of them, as long as it runs. One worker is one consumer.
///
/// The end, on a graceful shutdown, in this order:
/// 1. Nothing more is claimed: whatever began now would only be released.
/// 2. What runs may finish within the grace time. Leases are renewed and notices heard meanwhile, or others would take the work over.
/// 3. What still runs then is released, so that another worker begins it at once rather than when the lease expires.
/// 4. All commits are waited for; each ends with its lease at the latest.
/// 5. Renewal, timers and notices stop last, as nothing needs them any more.
///
/// When its task is canceled, the grace time and the handing back fall away: then it is as if the process had died.
public final class Worker: Service {
    private let configuration: WorkerConfiguration
    private let store: StoreRoles
    private let leases: LeaseKeeper
    private let slots: Slots
    private let stop = Stop()
    private let failure = Mutex<WorkerStalled?>(nil)
    private let dispatcher: Dispatcher
    private let timers: TimerLoop
    private let retry: StoreRetry
    private let clock: any MonotonicClock
    private let logger: Logger

    /// A worker; `run()` starts it, once.
    ///
    /// - Parameters:
    ///   - configuration: how it works.
    ///   - store: where the operations live.
    ///   - handlers: what it can run; messages for other handlers are snoozed, for workers that have them.
    ///   - clock: time; tests move theirs by hand.
    ///   - logger: where it logs.
    public init(
        _ configuration: WorkerConfiguration,
        store: any OperationStore,
        handlers: HandlerRegistry,
        clock: any MonotonicClock = .system,
        logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: LogKey.consumer] = "\(configuration.consumer)"
        self.configuration = configuration
        let store = store.roles
        self.store = store
        self.clock = clock
        self.logger = logger
        leases = LeaseKeeper(
            consumer: configuration.consumer,
            length: configuration.lease,
            patience: configuration.leasePatience,
            store: store.work,
            clock: clock,
            logger: logger
        )
        slots = Slots(configuration.concurrency)
        retry = StoreRetry(stop: stop, clock: clock, logger: logger)
        let definitions = DefinitionCache(store: store.operations)
        timers = TimerLoop(
            store: store.timers,
            deadlines: DeadlineDuty(
                operations: store.operations,
                change: DecidedChange(store.editor, definitions: definitions),
                logger: logger
            ),
            batch: configuration.batch,
            retry: retry,
            clock: clock
        )
        dispatcher = Dispatcher(
            store: store.work,
            definitions: definitions,
            executor: StepExecutor(store: store.work, handlers: handlers, leases: leases, clock: clock, logger: logger),
            leases: leases,
            slots: slots,
            timers: timers,
            retry: retry,
            unrunnable: UnrunnableReport(clock: clock, logger: logger),
            snoozeDelay: configuration.snoozeDelay,
            clock: clock,
            logger: logger
        )
    }

    /// How many attempts run now.
    public var running: Int { slots.taken }

    /// Works until a graceful shutdown is through or the task is canceled.
    ///
    /// - Throws: `WorkerStalled` when it gets no messages although some wait; what was running has then ended or been released.
    public func run() async throws {
        let source = store.messages.messageSource(queues: configuration.queues, consumer: configuration.consumer)
        logger.info("Worker started", metadata: [LogKey.queue: "\(configuration.queues.map(\.text).joined(separator: ","))"])
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await work(source)
            } onGracefulShutdown: {
                self.stopClaiming()
            }
        } onCancel: {
            stopClaiming()
            leases.drain()
        }
        await source.control.close()
        Failpoint.reach(.drainEnds)
        logger.info("Worker ended")
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func stopClaiming() {
        stop.raise()
        slots.close()
    }

    private func work(_ source: MessageSource) async {
        let reads = Reads()
        let reconcile = ReconcileLoop(
            store: store.upkeep,
            operations: store.operations,
            configuration: configuration,
            retry: retry,
            clock: clock,
            logger: logger
        )
        let paused = PausedQueues()
        let pauses = PauseLoop(store: store.queues, reading: source.control, paused: paused, retry: retry, clock: clock)
        let reclaim = ReclaimLoop(
            store: store.work,
            configuration: configuration,
            slots: slots,
            stop: stop,
            retry: retry,
            dispatcher: dispatcher,
            reconcile: reconcile,
            paused: paused,
            clock: clock,
            logger: logger
        )
        let claim = ClaimLoop(
            source: source,
            slots: slots,
            stop: stop,
            retry: retry,
            dispatcher: dispatcher,
            reconcile: reconcile,
            reads: reads,
            clock: clock
        )
        let notices = NoticeLoop(feed: store.messages, timers: timers, leases: leases, pauses: pauses, retry: retry)
        let tidy = TidyLoop(store: store.upkeep, configuration: configuration, retry: retry, clock: clock, logger: logger)
        let watchdog = Watchdog(
            store: store.health,
            configuration: configuration,
            reading: source.control,
            reads: reads,
            slots: slots,
            retry: retry,
            clock: clock,
            logger: logger
        )
        await withTaskGroup(of: Void.self) { background in
            background.addTask { await self.leases.keep() }
            background.addTask { await notices.run() }
            background.addTask { await self.timers.run() }
            background.addTask { await tidy.run() }
            background.addTask { await pauses.run() }
            background.addTask { await reconcile.run() }
            background.addTask { await self.endWhenStuck(watchdog) }
            background.addTask { await self.end(source) }
            // These two own the tasks of all steps and return when the last has been committed. Handlers have tasks of their own, elsewhere.
            await withDiscardingTaskGroup { steps in
                steps.addTask(executorPreference: store.executor) { await claim.run() }
                steps.addTask(executorPreference: store.executor) { await reclaim.run() }
            }
            background.cancelAll()
        }
    }

    private func endWhenStuck(_ watchdog: Watchdog) async {
        guard let reason = await watchdog.run() else { return }
        failure.withLock { $0 = reason }
        stopClaiming()
    }

    /// Sees to it that the end comes once it has been asked for.
    private func end(_ source: MessageSource) async {
        await stop.wait()
        guard !Task.isCancelled else { return }
        Failpoint.reach(.drainBegins)
        let grace = Milliseconds(configuration.graceTime)
        let metadata: Logger.Metadata = [LogKey.count: "\(slots.taken)", LogKey.milliseconds: "\(grace.count)"]
        logger.info("The worker claims nothing more; running steps may finish", metadata: metadata)
        await source.control.close()
        // Canceled when the last step has ended by itself.
        do { try await clock.sleep(until: clock.now + configuration.graceTime) } catch { return }
        logger.notice("The grace period is over; work is released", metadata: [LogKey.count: "\(slots.taken)"])
        Failpoint.reach(.drainReturns)
        leases.drain()
    }
}
