import FoundationEssentials
package import Logging
package import Stepstream

/// What the routes of one server share, each part made of those above it.
package struct APIParts: Sendable {
    /// How the server listens, and what it takes.
    package let configuration: ServerConfiguration
    /// What absolute URLs begin with.
    package let address: PublicAddress
    /// What can be submitted.
    package let catalog: DefinitionCatalog
    /// Lets requests through to the store.
    package let gate: StoreGate
    /// The store as requests use it.
    package let store: StoreRoles
    /// The leases of sync steps that run here.
    package let leases: LeaseKeeper
    /// The sync steps that run here.
    package let inline: InlineTasks
    /// Submits operations.
    package let submitter: Submitter
    /// Reads for watchers.
    package let reads: CoalescedReads
    /// Waits for operations.
    package let watcher: OperationWatcher
    /// How many watchers there may be.
    package let limits: WatcherLimits
    /// The state of health.
    package let health: SharedHealth
    /// Who publishes and who consumes.
    package let topology: SharedTopology
    /// When it is worth while to ask again.
    package let estimates: RetryEstimates
    /// Makes the documents of operations.
    package let documents: Documents
    /// What people do about operations.
    package let operations: OperationActions
    /// What people do about queues.
    package let queues: QueueActions
    /// What people do about deliveries.
    package let deliveries: DeliveryActions
    /// Reads the bodies of requests.
    package let bodies: BodyReader

    /// The parts of a server on `store`, which runs `handlers` for sync steps; `port` is the one it listens on, as soon as it does.
    package init(
        configuration: ServerConfiguration,
        store: StoreRoles,
        catalog: DefinitionCatalog,
        handlers: HandlerRegistry,
        port: Announcement<Int?>,
        logger: Logger
    ) {
        self.configuration = configuration
        self.catalog = catalog
        address = PublicAddress(configuration, listening: port)
        gate = StoreGate(store, logger: logger)
        self.store = store.gated(by: gate)
        leases = LeaseKeeper(
            consumer: Self.consumer,
            length: configuration.lease,
            patience: configuration.leasePatience,
            store: store.work,
            logger: logger
        )
        inline = InlineTasks(limit: configuration.inlineOperations, logger: logger)
        reads = CoalescedReads(self.store.operations)
        watcher = OperationWatcher(store.changes, reads: reads)
        let executor = StepExecutor(store: store.work, handlers: handlers, leases: leases, logger: logger)
        submitter = Submitter(
            store: self.store,
            runner: InlineRunner(store: store, executor: executor, leases: leases, logger: logger),
            inline: inline,
            watcher: watcher,
            limits: .init(inlineBudget: configuration.inlineBudget, wait: configuration.longPoll),
            logger: logger
        )
        limits = WatcherLimits(
            total: configuration.watchers,
            eachCaller: configuration.watchersPerCaller,
            eachAddress: configuration.watchersPerAddress
        )
        health = store.sharedHealth
        topology = store.sharedTopology
        estimates = RetryEstimates(health: health)
        let definitions = DefinitionCache(store: store.operations)
        documents = Documents(catalog: catalog, definitions: definitions, address: address, estimates: estimates)
        operations = OperationActions(
            operations: self.store.operations,
            change: DecidedChange(self.store.editor, definitions: definitions),
            definitions: definitions,
            leases: leases
        )
        queues = QueueActions(store: self.store, health: health)
        deliveries = DeliveryActions(store: store.deliveries, operations: self.store.operations)
        bodies = BodyReader(depth: configuration.inputDepth)
    }

    /// Who holds the leases of sync steps.
    private static var consumer: String {
        "api-\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
    }
}
