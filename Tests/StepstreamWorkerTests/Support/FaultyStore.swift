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
    fileprivate let store: StoreRoles
    private let messages: any MessageFeed
    private let cut = Mutex([Call: StoreError.Code]())
    fileprivate let losesCommitAnswers = Mutex(false)

    /// Messages are read over the connections of `other`, if there is one.
    init(_ store: any OperationStore, reading other: (any OperationStore)? = nil) {
        self.store = store.roles
        messages = (other ?? store).roles.messages
    }

    var roles: StoreRoles {
        var roles = store
        roles.work = FaultyWork(store: store.work, faults: self)
        roles.timers = FaultyTimers(store: store.timers, faults: self)
        roles.messages = messages
        return roles
    }

    func cut(_ calls: Set<Call>, _ code: StoreError.Code = .unavailable) {
        cut.withLock { cut in for call in calls { cut[call] = code } }
    }

    /// From now on commits are written, and fail for the caller.
    func loseCommitAnswers() { losesCommitAnswers.withLock { $0 = true } }

    func heal() {
        cut.withLock { $0 = [:] }
        losesCommitAnswers.withLock { $0 = false }
    }

    fileprivate func pass(_ call: Call) throws(StoreError) {
        guard let code = cut.withLock({ $0[call] }) else { return }
        signals.emit("\(call)")
        throw StoreError(code, "cut by the test")
    }
}

private struct FaultyWork: WorkStore {
    let store: any WorkStore
    let faults: FaultyStore

    func begin(_ messages: [DeliveredMessage], with begin: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        try faults.pass(.begin)
        return try await store.begin(messages, with: begin)
    }

    func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer] {
        try faults.pass(.renew)
        let answers = try await store.renew(leases, by: duration)
        faults.signals.emit("renewed")
        return answers
    }

    func commit(_ lease: Lease, of operation: Operation, applying transition: Transition) async throws(StoreError) -> CommitAnswer {
        try faults.pass(.commit)
        let answer = try await store.commit(lease, of: operation, applying: transition)
        guard faults.losesCommitAnswers.withLock({ $0 }) else { return answer }
        faults.signals.emit("commit")
        throw StoreError(.indeterminate, "lost by the test")
    }

    func snooze(_ messages: [DeliveredMessage], after delay: Milliseconds, because problem: Problem) async throws(StoreError) {
        try faults.pass(.snooze)
        try await store.snooze(messages, after: delay, because: problem)
        faults.signals.emit("was snoozed")
    }

    func reclaim(_ queue: Name, consumer: String, idle: Milliseconds, cursor: ReclaimCursor) async throws(StoreError) -> ReclaimPage {
        try faults.pass(.reclaim)
        return try await store.reclaim(queue, consumer: consumer, idle: idle, cursor: cursor)
    }
}

private struct FaultyTimers: TimerStore {
    let store: any TimerStore
    let faults: FaultyStore

    func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer {
        try faults.pass(.promote)
        return try await store.promoteDueTimers(limit: limit)
    }
}
