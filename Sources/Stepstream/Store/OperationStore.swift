/// All that the API and the workers ask of the place where operations live.
///
/// The implementation is `StepstreamStore` on Redis; the protocol names no key and no script. Every call answers for itself: there are
/// no transactions across calls. Calls may be made from any task; implementations batch and pipeline them.
public protocol OperationStore: Sendable {
    /// Where its calls cost least: what they send and get crosses no thread then. One thread, so only for what never takes long or blocks; nil
    /// if it does not matter, as for every store that does not say.
    var executor: (any TaskExecutor)? { get }

    // In the order in which things happen to an operation.

    /// Reserves an idempotency key of a caller for an ID and a request; a key that was used answers how its first request stands.
    func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer
    /// Keeps what the first request of a key was answered with, unless there is an answer already.
    func keep(_ answer: String, to reservation: Reservation) async throws(StoreError)
    /// Gives a key back whose request was certainly not accepted; one that this request has bound is as good as never used.
    func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError)
    /// Accepts an operation: hash, first event and first message or timer in one go. Submitting an ID twice is harmless.
    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer
    /// Accepts several operations; answers for each, in order.
    func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>]
    /// What an acceptance survives at present, replicas apart from those that are configured not counted.
    func durability() async throws(StoreError) -> Durability
    /// The operation as it is now, with its history if asked for; nil if there is none of that ID.
    func read(_ id: OperationID, withEvents: Bool) async throws(StoreError) -> Operation?
    /// Several operations at once, in the order asked for; nil where there is none.
    func read(_ ids: [OperationID]) async throws(StoreError) -> [Operation?]
    /// What is pending on a resource of `tenant` and what ended on it last.
    func resource(_ key: String, of tenant: Name) async throws(StoreError) -> ResourceState
    /// Operations, newest first, a page at a time.
    func list(_ query: ListQuery) async throws(StoreError) -> ListPage
    /// Applies a transition that no attempt makes (cancel, an operator's act) if the operation still has `version`.
    func amend(_ operation: Operation, with transition: Transition) async throws(StoreError) -> CommitAnswer
    /// Forgets an operation that has ended.
    func forget(_ id: OperationID) async throws(StoreError) -> ForgetAnswer
    /// Notices of changes to one operation; begins with `.resynchronize` once the watch stands, and a notice is lost only together with another
    /// `.resynchronize`: whoever reads the operation at each misses nothing.
    func changes(of id: OperationID) -> ChangeNotices
    /// The definition that operations were accepted with under `version`; nil if the store does not know it.
    func definition(_ version: DefinitionVersion) async throws(StoreError) -> Definition?

    /// A reader of messages for one worker, on a connection of its own.
    func messageSource(queues: [Name], consumer: String) -> any MessageSource
    /// Begins work: epoch + 1, `running`, undo intent; answers for each message what became of it, in order.
    func begin(_ messages: [DeliveredMessage], with begin: BeginOptions) async throws(StoreError) -> [BeginAnswer]
    /// Extends leases; answers for each whether it is still held, in order.
    func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer]
    /// Applies what an attempt led to, if its epoch and the version of `operation`, the state that was decided upon, still hold.
    func commit(_ lease: Lease, of operation: Operation, _ transition: Transition) async throws(StoreError) -> CommitAnswer
    /// Puts a message aside that nobody has begun and this process cannot run; no attempt is spent.
    func putBack(_ messages: [DeliveredMessage], after delay: Milliseconds, because problem: Problem) async throws(StoreError)
    /// Messages of `queue` that were claimed and whose lease may have run out, from `cursor` on.
    func reclaim(_ queue: Name, consumer: String, idle: Milliseconds, cursor: ReclaimCursor) async throws(StoreError) -> ReclaimPage
    /// Publishes the messages of timers that are due; answers when the next one is, and which operations are overdue.
    func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer
    /// Notices that concern every worker: an earlier timer, a cancelation, the connection's return. One subscription a process.
    func workerNotices() -> WorkerNotices
    /// Removes index entries of operations that have expired and consumers that are long gone and hold nothing.
    func tidy(limit: Int) async throws(StoreError) -> TidyAnswer
    /// Gives `consumer` the turn at a duty that one worker at a time is enough for, or leaves it with whoever has it. Answers whether it is
    /// this consumer's turn, for `duration` from now on.
    func takeTurn(at duty: Name, as consumer: String, for duration: Milliseconds) async throws(StoreError) -> Bool
    /// Looks at about `limit` live operations from `cursor` on, and publishes again what has lost its message, timer and lease. Harmless
    /// however often and by however many it is done. A lease is left alone for `grace` past its end; without one, none is taken for lost.
    func reconcile(from cursor: ReconcileCursor, limit: Int, grace: Milliseconds?) async throws(StoreError) -> ReconcileAnswer
    /// When the timers of an operation are due: those of `messages`, all of that operation, and that of its total time.
    func timers(of id: OperationID, _ definition: DefinitionVersion, _ messages: [Message]) async throws(StoreError) -> OperationTimers
    /// What is in `queue`: up to `limit` messages that are claimed, and as many that wait, oldest first.
    func contents(of queue: Name, limit: Int) async throws(StoreError) -> QueueContents
    /// Has workers take nothing more from `queue`, or go on taking; what they have claimed already is done. Answers whether that is new.
    func pause(_ queue: Name, _ isPaused: Bool) async throws(StoreError) -> Bool
    /// The queues that nothing is taken from.
    func pausedQueues() async throws(StoreError) -> Set<Name>
    /// How the store is: reachable, durable, configured as it must be, and how far the queues are behind.
    func health() async -> StoreHealth
}

/// Notices of changes to one operation. End the iteration to stop watching.
public typealias ChangeNotices = AsyncStream<ChangeNotice>

/// What a watcher of one operation is told.
public enum ChangeNotice: Sendable, Hashable {
    /// New events, which one change has brought, in order.
    case events([Event])
    /// Something may have been missed (the subscription has just been made, or made again): read the operation.
    case resynchronize
}

/// Notices that concern every worker.
public typealias WorkerNotices = AsyncStream<WorkerNotice>

/// What every worker is told.
public enum WorkerNotice: Sendable, Hashable {
    /// A timer was set that is due before all others.
    case earlierTimer
    /// Someone asked to cancel an operation that is running.
    case cancelRequested(OperationID)
    /// A queue was paused or is not any more.
    case pausesChanged
    /// The connection is back: look at everything again.
    case resynchronize
}

/// Reads messages for one worker. Used by one task at a time; `close()` from anywhere.
public protocol MessageSource: Sendable {
    /// Waits until there are messages, and claims up to `limit` of them; empty when the wait ran out.
    func next(limit: Int) async throws(StoreError) -> [DeliveredMessage]
    /// What was claimed and not handed out by `next`, once it is closed: for the caller to hand on.
    func rest() -> [DeliveredMessage]
    /// Takes nothing more from `queues`, only from the others; a waiting `next` may come back empty.
    func pause(_ queues: Set<Name>) async
    /// Ends the connection and makes a new one; a waiting `next` throws.
    func reconnect() async
    /// Ends a waiting `next`, which may still bring messages, and the connection. When this returns nothing more is claimed: what is
    /// published from then on goes to others.
    func close() async
}

extension OperationStore {
    /// Nil: it does not matter where its calls are made.
    public var executor: (any TaskExecutor)? { nil }

    /// Each by itself, all at once.
    public func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] { await submitEach(submissions) }

    /// Accepts several operations, each by itself, all at once.
    package func submitEach(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        await withTaskGroup(of: (Int, Result<SubmitAnswer, StoreError>).self) { group in
            for (index, submission) in submissions.enumerated() {
                group.addTask {
                    do throws(StoreError) {
                        return (index, .success(try await self.submit(submission)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var answers: [Int: Result<SubmitAnswer, StoreError>] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return submissions.indices.compactMap { answers[$0] }
        }
    }
}
