import Stepstream

/// Every Redis key and channel of Stepstream is made here and nowhere else; docs/redis-keys.md has a row for each.
///
/// All keys of one operation carry the same hash tag, `{p}`, so that a script stays in one slot of a Redis Cluster. Only this file and the
/// claim loop's source know how many partitions there are.
struct Keys: Sendable, Hashable {
    /// What all keys begin with; tests use one of their own.
    let namespace: String
    /// How many partitions there are.
    let partitions: Int
    /// All partitions. Made once: their texts are needed several times an operation.
    let all: [Partition]

    init(namespace: String, partitions: Int) {
        self.namespace = namespace
        self.partitions = partitions
        all = (0..<partitions).map { Partition(namespace: namespace, number: $0) }
    }

    /// One hash slot's worth of keys.
    struct Partition: Sendable, Hashable {
        let number: Int
        private let prefix: String

        fileprivate init(namespace: String, number: Int) {
            self.number = number
            prefix = "\(namespace):{\(number)}:"
            operationPrefix = prefix + "operation:"
        }

        /// Hash: one operation.
        func operation(_ id: OperationID) -> String { operationPrefix + id.text }
        /// What the keys of operations begin with.
        let operationPrefix: String
        /// Stream with the consumer group `workers`: one queue's messages.
        func queue(_ queue: Name) -> String { queuePrefix + queue.text }
        /// What the keys of queues begin with.
        var queuePrefix: String { prefix + "queue:" }
        /// Sorted set: timers, by the time they are due.
        var timers: String { prefix + "timers" }
        /// Sorted set: IDs of operations that have not ended, by creation.
        var live: String { prefix + "live" }
        /// Sorted set: IDs of operations that have ended, by creation.
        var ended: String { prefix + "ended" }
        /// Sorted set: IDs of operations that need a person, by the time since when.
        var attention: String { prefix + "attention" }
        /// String: a definition as JSON, by its version.
        func definition(_ version: DefinitionVersion) -> String { prefix + "definition:" + version.text }
        fileprivate func idempotency(tenant: Name, digest: String) -> String { prefix + "idempotency:" + tenant.text + ":" + digest }
        /// Hash: what is pending on a resource; its key, which a client chose, only as a digest.
        func resource(_ key: String, tenant: Name) -> String { prefix + "resource:" + tenant.text + ":" + RedisStore.digest(of: key) }
        /// Channels of operations' events are this text and the operation's ID.
        var events: String { prefix + "events:" }
        /// Channel of one operation's events.
        func events(_ id: OperationID) -> String { events + id.text }
        /// Channel for notices of a timer due before all others.
        var wake: String { prefix + "wake" }
        /// Channel for the IDs of running operations that are to be canceled.
        var cancels: String { prefix + "cancels" }
        /// Hash: what the reconciler has found so far.
        var reconciler: String { prefix + "reconciler" }
        /// String: who does a duty that one worker at a time is enough for.
        func turn(_ duty: String) -> String { prefix + "turn:" + duty }
        /// Stream: events for receivers of webhooks; the channel of the same name announces new ones.
        var deliveries: String { prefix + "deliveries" }
        /// Sorted set: receivers of webhooks, by the time their next delivery is due.
        var receivers: String { prefix + "receivers" }
        /// Sorted set: deliveries to one receiver, by the time they are due.
        func receiver(_ name: String) -> String { prefix + "receiver:" + name }
        /// Hash: how one receiver answered of late.
        func receiverState(_ name: String) -> String { prefix + "receiver-state:" + name }
        /// Hash: the deliveries of one operation.
        func ledger(_ id: OperationID) -> String { prefix + "ledger:" + id.text }
        /// Sorted set: IDs of operations that have a ledger, by the time of the last event that was to be delivered.
        var ledgers: String { prefix + "ledgers" }
        /// Set: the queues that nothing is taken from; in partition 0.
        var paused: String { prefix + "paused" }
        /// Set: the queues that have had a message or a reader.
        var queues: String { prefix + "queues" }
        /// Sorted set: the processes that are registered, by the time until when.
        var processes: String { prefix + "processes" }
        /// String: what a process says of itself.
        func process(_ name: String) -> String { prefix + "process:" + name }
        /// Sorted set: types and versions of definitions, by the time they were last stored.
        var definitions: String { prefix + "definitions" }
    }

    /// String: the number of partitions, recorded at the first start.
    var recordedPartitions: String { "\(namespace):partitions" }

    /// Hash: what happened in the `minutes` from the minute `start` (since 1970) on.
    func counts(_ minutes: Int, from start: Int) -> String { "\(namespace):{0}:counts:\(minutes):\(start)" }

    /// The consumer group of every queue.
    static let group = "workers"

    /// The partition with `number`.
    func partition(_ number: Int) -> Partition { all[number] }

    /// The partition an operation lives in.
    func partition(of id: OperationID) -> Partition { partition(hash(id.text)) }

    /// The indices of `items` by the partitions of their operations, in the order of the partitions; none for a partition without.
    func indices<Item>(of items: [Item], by operation: (Item) -> OperationID) -> [(partition: Partition, indices: [Int])] {
        guard partitions > 1 else { return items.isEmpty ? [] : [(all[0], Array(items.indices))] }
        let numbers = items.map { partition(of: operation($0)).number }
        return all.compactMap { partition in
            let own = numbers.indices.filter { numbers[$0] == partition.number }
            return own.isEmpty ? nil : (partition, own)
        }
    }

    /// Hash: what an idempotency key of a caller is bound to; the key itself only as a digest, by which its partition is found.
    func idempotency(tenant: Name, digest: String) -> String {
        partition(hash(digest)).idempotency(tenant: tenant, digest: digest)
    }

    /// FNV-1a, 32 bit (draft-eastlake-fnv): the same in every process and release, unlike `Hasher`.
    private func hash(_ text: String) -> Int {
        guard partitions > 1 else { return 0 }
        var hash: UInt32 = 2_166_136_261
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash) % partitions
    }
}
