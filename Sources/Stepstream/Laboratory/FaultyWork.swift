#if LABORATORY
/// Work on whose way the process may die, or something goes wrong that must be found.
struct FaultyWork: WorkStore {
    let store: any WorkStore
    let faults: FaultPlan

    func begin(_ messages: [DeliveredMessage], with begin: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        // What no message asked for is a sync step.
        let isInline = messages.allSatisfy { $0.entry == nil }
        if !isInline { faults.reach(.beforeBegin) }
        let answers = try await store.begin(messages, with: begin)
        if !isInline {
            faults.reach(.afterBegin)
        } else if answers.contains(where: \.isBegun) {
            faults.reach(.afterInlineBegin)
        }
        return answers
    }

    func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer] {
        faults.reach(.beforeRenew)
        let answers = try await store.renew(leases, by: duration)
        faults.reach(.afterRenew)
        return answers
    }

    func commit(_ lease: Lease, of operation: Operation, applying transition: Transition) async throws(StoreError) -> CommitAnswer {
        let isRelease = transition.changes.contains(where: \.returnsAttempt)
        var transition = transition
        if isRelease, faults.isPlanted(.releaseWithoutMessage) {
            transition.messages = []
            transition.obsoleteTimers = []
        }
        faults.reach(.beforeCommit)
        do {
            let answer = try await store.commit(lease, of: operation, applying: transition)
            switch answer {
            case .applied: faults.reach(isRelease ? .afterRelease : .afterCommit)
            case .changed: faults.reach(.commitChanged)
            case .lost: break
            }
            return answer
        } catch {
            // Nobody repeats what was canceled.
            if error.code != .cancelled { faults.reach(.commitRepeats) }
            throw error
        }
    }

    func snooze(_ messages: [DeliveredMessage], after delay: Milliseconds, because problem: Problem) async throws(StoreError) {
        faults.reach(.beforeSnooze)
        try await store.snooze(messages, after: delay, because: problem)
        faults.reach(.afterSnooze)
    }

    func reclaim(_ queue: Name, consumer: String, idle: Milliseconds, cursor: ReclaimCursor) async throws(StoreError) -> ReclaimPage {
        var page = try await store.reclaim(queue, consumer: consumer, idle: idle, cursor: cursor)
        if !page.messages.isEmpty { faults.reach(.afterReclaim) }
        if faults.isPlanted(.sweepFromStart) { page.cursor = .start }
        return page
    }
}

extension BeginAnswer {
    fileprivate var isBegun: Bool {
        switch self {
        case .begun: true
        case .held, .stale: false
        }
    }
}
#endif
