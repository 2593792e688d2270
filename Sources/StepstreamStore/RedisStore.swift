public import Logging
package import RedisClient
public import ServiceLifecycle
public import Stepstream
import Synchronization

/// The operation store on Redis: the only place that knows keys and scripts.
public final class RedisStore: OperationStore, Service {
    /// How the store keeps what it keeps.
    public struct Configuration: Sendable, Hashable {
        /// What all keys begin with.
        public var namespace = "stepstream"
        /// How many partitions there are; recorded in Redis at the first start, and never to be changed after.
        public var partitions = 1
        /// How many events an operation keeps; the oldest are dropped first.
        public var history = 100
        /// How long an ended operation is kept.
        public var retention = Milliseconds(24 * 3_600_000)
        /// How long an idempotency key is kept; more than `retention`, so that it outlives the operation.
        public var idempotencyRetention = Milliseconds(72 * 3_600_000)
        /// How long a definition is kept after its last use by an API process.
        public var definitionRetention = Milliseconds(90 * 24 * 3_600_000)
        /// A consumer that has not read for so long and holds nothing is removed.
        public var consumerIdle = Milliseconds(3_600_000)

        /// What an acceptance must survive at least; below it nothing is accepted.
        public var durability = Durability()
        /// The share of Redis's `maxmemory` from which on nothing is accepted, so that what was accepted can be finished.
        public var memoryHighWater = 0.9

        /// The kinds of events that configured receivers of webhooks ask for.
        public var webhookEvents: Set<Event.Kind> = []
        /// The URLs of configured receivers by their names: the state of health shows which of them are disabled or fail.
        public var receivers: [String: String] = [:]

        /// The defaults.
        public init() {}

        /// As the scripts look for one.
        var webhookEventsText: String {
            webhookEvents.isEmpty ? "" : " " + webhookEvents.map(\.rawValue).sorted().joined(separator: " ") + " "
        }
    }

    /// How many operations one call of a script has at most.
    static let largestBatch = 64

    let client: RedisClient
    private let ownsClient: Bool
    let configuration: Configuration
    let keys: Keys
    let logger: Logger
    let hub: SubscriptionHub
    let knownDefinitions = KnownDefinitions()
    let knownLevel = KnownLevel()
    let memory: MemoryMark
    private let replicated: ReplicatedSubmitter
    /// Where tidying goes on, by partition.
    let sweeps = Mutex([Int: SweepCursor]())
    private let partitionsAgree = Atomic(false)
    private let commits: [Batcher<CommitItem, CommitAnswer>]
    private let submissions: [Batcher<SubmitItem, SubmitCode>]

    /// A store with a client of its own; `run()` must run while it is used.
    ///
    /// - Parameters:
    ///   - url: `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, `unix:///path[?db=n]`, or
    ///     `redis+sentinel://[user:password@]host[:port],host[:port]/name[/database]` for Redis Sentinel.
    ///   - configuration: how the store keeps what it keeps.
    ///   - logger: where it logs.
    /// - Throws: when the URL cannot be used; the message says why, and never shows the password.
    public convenience init(url: String, configuration: Configuration = Configuration(), logger: Logger) throws {
        let client = RedisClient(try RedisConfiguration(url: url), logger: logger)
        self.init(configuration, client: client, ownsClient: true, logger: logger)
    }

    /// A store on a client that runs elsewhere; `run()` must run while it is used.
    package convenience init(_ configuration: Configuration, client: RedisClient, logger: Logger) {
        self.init(configuration, client: client, ownsClient: false, logger: logger)
    }

    private init(_ configuration: Configuration, client: RedisClient, ownsClient: Bool, logger: Logger) {
        self.ownsClient = ownsClient
        self.client = client
        self.configuration = configuration
        self.logger = logger
        let keys = Keys(namespace: configuration.namespace, partitions: configuration.partitions)
        self.keys = keys
        memory = MemoryMark(configuration.memoryHighWater)
        replicated = ReplicatedSubmitter(configuration, keys: keys, like: client, logger: logger)
        hub = SubscriptionHub(client.makeSubscriber(), logger: logger)
        commits = keys.all.map { partition in
            let call = CommitCall(client: client, partition: partition, configuration: configuration)
            return Batcher(limit: Self.largestBatch, on: client.executor) { await call.perform($0) }
        }
        submissions = keys.all.map { partition in
            let call = SubmitCall(client: client, partition: partition, configuration: configuration)
            return Batcher(limit: Self.largestBatch, on: client.executor) { await call.perform($0) }
        }
    }

    /// All roles, on the thread of the connection's event loop.
    public var roles: StoreRoles { StoreRoles(self, executor: client.executor) }

    /// Batches and relays subscriptions, until graceful shutdown or cancellation.
    ///
    /// - Throws: when the namespace was first started with another number of partitions; nothing was accepted before that was known.
    public func run() async throws {
        defer {
            for batcher in commits { batcher.end() }
            for batcher in submissions { batcher.end() }
        }
        try await cancelWhenGracefulShutdown {
            try await withThrowingDiscardingTaskGroup { group in
                if self.ownsClient { group.addTask { try await self.client.run() } }
                group.addTask { try await self.comparePartitions() }
                group.addTask { try await self.replicated.run() }
                group.addTask { await self.hub.run() }
            }
        }
    }

    /// Waits for Redis as long as it takes.
    private func comparePartitions() async throws {
        while !Task.isCancelled {
            do throws(StoreError) {
                return try await recordPartitions()
            } catch {
                // Only the mismatch has no cause beneath it: a wrong password may be mended while we wait.
                if error.code == .misconfigured, error.cause == nil { throw error }
                if Task.isCancelled { return }
                logger.warning("The number of partitions could not be checked yet", metadata: [LogKey.error: "\(error)"])
            }
            // Canceled only when the store is shut down: the loop's condition sees it.
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    /// Compares the number of partitions with the recorded one, and records it at the first start.
    package func recordPartitions() async throws(StoreError) {
        let doing = "recording the number of partitions"
        // Read first: a full Redis refuses the SET even where it would set nothing.
        var recorded = try await send(RedisCommand("GET", keys.recordedPartitions), doing: doing)
        if recorded.isNull {
            recorded = try await send(
                RedisCommand("SET", keys.recordedPartitions, String(configuration.partitions), "NX", "GET"),
                doing: doing
            )
        }
        if let number = recorded.integer, number != configuration.partitions {
            throw StoreError(
                .misconfigured,
                """
                Namespace "\(configuration.namespace)" was first started with \(number) partitions, and this process is configured with \
                \(configuration.partitions). Operations would not be found again: set store.partitions back to \(number), or use another namespace.
                """
            )
        }
        partitionsAgree.store(true, ordering: .relaxed)
    }

    func batchedCommit(_ item: CommitItem) async throws(StoreError) -> CommitAnswer {
        try await commits[keys.partition(of: item.operation.id).number].call(item)
    }

    /// Whether the number of partitions has been compared: nothing is written before.
    var isReady: Bool { partitionsAgree.load(ordering: .relaxed) }

    func batchedSubmit(_ item: SubmitItem, replicas: Int) async throws(StoreError) -> SubmitCode {
        if !isReady { try await recordPartitions() }
        if replicas == 0 { return try await batch(item) }
        return try await replicated.submit(item, replicas: replicas, partition: keys.partition(of: item.submission.id).number)
    }

    func batch(_ item: SubmitItem, mayBeGivenUp: Bool = false) async throws(StoreError) -> SubmitCode {
        try await submissions[keys.partition(of: item.submission.id).number].call(item, mayBeGivenUp: mayBeGivenUp)
    }

    func giveUpSubmissions() {
        for batcher in submissions { batcher.giveUp() }
    }
}

extension RedisStore: SubmissionStore, SubmissionWaits, IdempotencyStore, OperationReader, OperationEditor, OperationDeleter, ChangeFeed,
    WorkStore,
    MessageFeed, QueueStore, TimerStore, UpkeepStore, HealthStore, DeliveryStore
{
}
