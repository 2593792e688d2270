/// A place where operations live, as API servers and workers are given it. `RedisStore` of StepstreamStore is one.
public protocol OperationStore: Sendable {
    /// What it can be asked, by role.
    var roles: StoreRoles { get }
}

/// A store by the roles it plays: each part of a process is given the roles that it needs, and sees no others.
///
/// Every call answers for itself: there are no transactions across calls. Calls may be made from any task; a store batches and pipelines them.
public struct StoreRoles: Sendable, OperationStore {
    /// Accepts operations.
    package var submissions: any SubmissionStore
    /// Ends waits of submissions.
    package var waits: any SubmissionWaits
    /// Binds idempotency keys to operations.
    package var keys: any IdempotencyStore
    /// Reads operations.
    package var operations: any OperationReader
    /// Changes operations otherwise than by an attempt.
    package var editor: any OperationEditor
    /// Deletes operations.
    package var deleter: any OperationDeleter
    /// Tells watchers what happens to operations.
    package var changes: any ChangeFeed
    /// Work on its way: begun, renewed, committed.
    package var work: any WorkStore
    /// Where messages and notices for workers come from.
    package var messages: any MessageFeed
    /// What is in queues, and which of them are paused.
    package var queues: any QueueStore
    /// Messages that wait for their time, and deadlines.
    package var timers: any TimerStore
    /// What has to be done from time to time.
    package var upkeep: any UpkeepStore
    /// How the store is.
    package var health: any HealthStore
    /// Deliveries of webhooks.
    package var deliveries: any DeliveryStore
    /// Counts of what happened.
    package var counts: any CountStore
    /// The processes that are registered.
    package var topology: any TopologyStore
    /// Where its calls cost least: what they send and get crosses no thread then. One thread, so only for what never takes long or blocks;
    /// nil if it does not matter.
    package var executor: (any TaskExecutor)?

    /// All roles of one store.
    package init(
        _ store: some SubmissionStore & SubmissionWaits & IdempotencyStore & OperationReader & OperationEditor & OperationDeleter
            & ChangeFeed
            & WorkStore & MessageFeed & QueueStore & TimerStore & UpkeepStore & HealthStore & DeliveryStore & CountStore & TopologyStore,
        executor: (any TaskExecutor)?
    ) {
        submissions = store
        waits = store
        keys = store
        operations = store
        editor = store
        deleter = store
        changes = store
        work = store
        messages = store
        queues = store
        timers = store
        upkeep = store
        health = store
        deliveries = store
        counts = store
        topology = store
        self.executor = executor
    }

    /// The roles themselves.
    public var roles: StoreRoles { self }
}
