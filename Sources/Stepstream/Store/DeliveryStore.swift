/// All that deliveries of webhooks ask of the place where operations live.
///
/// Events that have receivers are put on a stream by the very scripts that append them; from there they are *routed* to the
/// queue of each receiver, *claimed* from it under a lease, tried, and *settled*.
package protocol DeliveryStore: Sendable {
    /// Moves up to `limit` events of each partition to the queues of their receivers; answers how many there were.
    func route(limit: Int, to endpoints: [WebhookEndpoint]) async throws(StoreError) -> Int
    /// The receivers for which something is due, and how long until the next is.
    func dueReceivers(limit: Int) async throws(StoreError) -> DueReceivers
    /// Claims up to `limit` due deliveries to `receiver`, whose URL is `configured` unless it is a callback. One that fails in a row is
    /// probed with one at a time; those to one that answered 410 under this URL are disabled.
    func claim(
        _ receiver: DueReceivers.Receiver,
        configured: String?,
        limit: Int,
        lease: Milliseconds
    ) async throws(StoreError) -> [ClaimedDelivery]
    /// Writes down what a try came to and what becomes of the delivery; false when the lease was lost meanwhile.
    func settle(_ claim: ClaimedDelivery, as outcome: DeliveryOutcome) async throws(StoreError) -> Bool
    /// What was delivered of an operation, or is to be; nil if nothing.
    func ledger(of id: OperationID) async throws(StoreError) -> DeliveryLedger?
    /// Has a delivery tried again from the first try on.
    func replay(_ number: Int, of id: OperationID) async throws(StoreError) -> ReplayAnswer
    /// Operations of which something was delivered, or tried, at or after `time`, in the order of the last event.
    func ledgers(since time: Milliseconds, after token: String?, limit: Int) async throws(StoreError) -> LedgerPage
    /// Up to `limit` receivers of each partition with a scheduled delivery, the earliest first.
    func receivers(limit: Int) async throws(StoreError) -> [ReceiverState]
    /// Notices that something is to be delivered sooner than was known.
    func deliveryNotices() -> AsyncStream<DeliveryNotice>
}

/// A notice to those who deliver.
package enum DeliveryNotice: Sendable, Hashable {
    /// Something may be due sooner than was known: look again.
    case resynchronize
}

/// Receivers for which something is due.
package struct DueReceivers: Sendable, Hashable {
    /// One receiver, in one partition.
    package struct Receiver: Sendable, Hashable {
        /// The name in the configuration, or the place of a callback.
        package var name: String
        /// The partition the deliveries are in.
        package var partition: Int

        /// A receiver.
        package init(name: String, partition: Int) {
            self.name = name
            self.partition = partition
        }
    }

    /// Receivers with a due delivery, the longest waiting first.
    package var receivers: [Receiver]
    /// How long until the next is due; nil when there is none.
    package var next: Milliseconds?

    /// An answer.
    package init(receivers: [Receiver], next: Milliseconds?) {
        self.receivers = receivers
        self.next = next
    }
}

/// What became of a request to replay a delivery.
package enum ReplayAnswer: Sendable, Hashable {
    /// It is tried again.
    case replayed
    /// It is being tried at this moment.
    case held
    /// There is none of that number.
    case absent
}

/// One page of operations with deliveries.
package struct LedgerPage: Sendable, Hashable {
    /// Their IDs.
    package var operations: [OperationID]
    /// Where the next page begins; nil when this was the last.
    package var nextToken: String?

    /// A page.
    package init(operations: [OperationID], nextToken: String?) {
        self.operations = operations
        self.nextToken = nextToken
    }
}

/// How one receiver of webhooks does.
package struct ReceiverState: Sendable, Hashable {
    /// The name in the configuration, or the place of a callback.
    package var name: String
    /// Deliveries to come.
    package var pending: Int
    /// Tries that failed in a row.
    package var failures: Int
    /// Until when it is left alone.
    package var pausedUntil: Milliseconds?
    /// Whether it answered 410, so that nothing is sent any more.
    package var isGone: Bool

    /// A state.
    package init(name: String, pending: Int, failures: Int = 0, pausedUntil: Milliseconds? = nil, isGone: Bool = false) {
        self.name = name
        self.pending = pending
        self.failures = failures
        self.pausedUntil = pausedUntil
        self.isGone = isGone
    }
}
