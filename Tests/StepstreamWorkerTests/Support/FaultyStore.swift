import Stepstream
import StepstreamTesting
import Synchronization

/// The real store behind a connection that a test cuts: while it is cut, the calls that were cut fail and nothing reaches Redis.
final class FaultyStore: OperationStore {
    enum Call: Sendable, Hashable, CaseIterable {
        case begin, renew, commit, snooze, reclaim, promote
    }

    /// `commit`, `renew`, … for each call that failed.
    let signals = NamedSignals()
    private let store: any OperationStore
    private let reading: any OperationStore
    private let cut = Mutex([Call: StoreError.Code]())
    private let losesCommitAnswers = Mutex(false)

    /// Messages are read over the connections of `other`, if there is one.
    init(_ store: any OperationStore, reading other: (any OperationStore)? = nil) {
        self.store = store
        reading = other ?? store
    }

    var executor: (any TaskExecutor)? { store.executor }

    func cut(_ calls: Set<Call>, _ code: StoreError.Code = .unavailable) {
        cut.withLock { cut in for call in calls { cut[call] = code } }
    }

    /// From now on commits are written, and fail for the caller.
    func loseCommitAnswers() { losesCommitAnswers.withLock { $0 = true } }

    func heal() {
        cut.withLock { $0 = [:] }
        losesCommitAnswers.withLock { $0 = false }
    }

    private func pass(_ call: Call) throws(StoreError) {
        guard let code = cut.withLock({ $0[call] }) else { return }
        signals.emit("\(call)")
        throw StoreError(code, "cut by the test")
    }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer { try await store.reserve(reservation) }
    func keep(_ answer: String, to reservation: Reservation) async throws(StoreError) { try await store.keep(answer, to: reservation) }
    func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError) { try await store.release(reservation, isNew: isNew) }
    func durability() async throws(StoreError) -> Durability { try await store.durability() }
    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer { try await store.submit(submission) }
    func read(_ id: OperationID, withEvents: Bool) async throws(StoreError) -> Operation? {
        try await store.read(id, withEvents: withEvents)
    }
    func read(_ ids: [OperationID]) async throws(StoreError) -> [Operation?] { try await store.read(ids) }
    func resource(_ key: String, of tenant: Name) async throws(StoreError) -> ResourceState { try await store.resource(key, of: tenant) }
    func list(_ query: ListQuery) async throws(StoreError) -> ListPage { try await store.list(query) }
    func apply(_ operation: Operation, with transition: Transition) async throws(StoreError) -> CommitAnswer {
        try await store.apply(operation, with: transition)
    }
    func delete(_ id: OperationID) async throws(StoreError) -> DeleteAnswer { try await store.delete(id) }
    func changes(of id: OperationID) -> ChangeNotices { store.changes(of: id) }
    func definition(_ version: DefinitionVersion) async throws(StoreError) -> Definition? { try await store.definition(version) }
    func messageSource(queues: [Name], consumer: String) -> any MessageSource { reading.messageSource(queues: queues, consumer: consumer) }
    func begin(_ messages: [DeliveredMessage], with begin: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        try pass(.begin)
        return try await store.begin(messages, with: begin)
    }
    func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer] {
        try pass(.renew)
        let answers = try await store.renew(leases, by: duration)
        signals.emit("renewed")
        return answers
    }
    func commit(_ lease: Lease, of operation: Operation, applying transition: Transition) async throws(StoreError) -> CommitAnswer {
        try pass(.commit)
        let answer = try await store.commit(lease, of: operation, applying: transition)
        guard losesCommitAnswers.withLock({ $0 }) else { return answer }
        signals.emit("commit")
        throw StoreError(.indeterminate, "lost by the test")
    }
    func snooze(_ messages: [DeliveredMessage], after delay: Milliseconds, because problem: Problem) async throws(StoreError) {
        try pass(.snooze)
        try await store.snooze(messages, after: delay, because: problem)
        signals.emit("was snoozed")
    }
    func reclaim(
        _ queue: Name,
        consumer: String,
        idle: Milliseconds,
        cursor: ReclaimCursor
    ) async throws(StoreError) -> ReclaimPage {
        try pass(.reclaim)
        return try await store.reclaim(queue, consumer: consumer, idle: idle, cursor: cursor)
    }
    func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer {
        try pass(.promote)
        return try await store.promoteDueTimers(limit: limit)
    }
    func workerNotices() -> WorkerNotices { store.workerNotices() }
    func tidy(limit: Int) async throws(StoreError) -> TidyAnswer { try await store.tidy(limit: limit) }
    func takeTurn(at duty: Name, as consumer: String, for duration: Milliseconds) async throws(StoreError) -> Bool {
        try await store.takeTurn(at: duty, as: consumer, for: duration)
    }
    func reconcile(from cursor: ReconcileCursor, limit: Int, grace: Milliseconds?) async throws(StoreError) -> ReconcileAnswer {
        try await store.reconcile(from: cursor, limit: limit, grace: grace)
    }
    func contents(of queue: Name, limit: Int) async throws(StoreError) -> QueueContents {
        try await store.contents(of: queue, limit: limit)
    }
    func pause(_ queue: Name, isPaused: Bool) async throws(StoreError) -> Bool { try await store.pause(queue, isPaused: isPaused) }
    func timers(
        of id: OperationID,
        definition: DefinitionVersion,
        for messages: [Message]
    ) async throws(StoreError) -> OperationTimers { try await store.timers(of: id, definition: definition, for: messages) }
    func pausedQueues() async throws(StoreError) -> Set<Name> { try await store.pausedQueues() }
    func health() async -> StoreHealth { await store.health() }
}
