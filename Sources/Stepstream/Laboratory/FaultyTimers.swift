#if LABORATORY
import Synchronization

/// Timers at whose promotion the process may die: before it when one is known to be due, after it when one was.
final class FaultyTimers: TimerStore {
    private let store: any TimerStore
    private let faults: FaultPlan
    private let due = Mutex<ContinuousClock.Instant?>(nil)

    init(_ store: any TimerStore, faults: FaultPlan) {
        self.store = store
        self.faults = faults
    }

    func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer {
        if let due = due.withLock({ $0 }), due <= .now { faults.reach(.beforePromote) }
        let answer = try await store.promoteDueTimers(limit: limit)
        if answer.promoted > 0 { faults.reach(.afterPromote) }
        due.withLock { $0 = answer.next.map { .now + $0.duration } }
        return answer
    }
}
#endif
