import Stepstream

/// Hears what concerns every worker, by one subscription, and passes it on.
struct NoticeLoop: Sendable {
    let store: any OperationStore
    let timers: TimerLoop
    let leases: LeaseKeeper
    let reclaim: ReclaimLoop
    let trouble: StoreTrouble

    /// Returns when the task is canceled.
    func run() async {
        while !Task.isCancelled {
            do throws(StoreError) {
                let notices = try await store.workerNotices()
                trouble.over(.notices)
                for await notice in notices { pass(notice) }
                if !Task.isCancelled { throw StoreError(.unavailable, "the stream of notices ended") }
            } catch {
                await trouble.pause(.notices, after: error)
            }
        }
    }

    private func pass(_ notice: WorkerNotice) {
        switch notice {
        case .earlierTimer:
            timers.wakeup.raise()
        case .cancelRequested(let operation):
            leases.cancelRequested(operation)
        case .resynchronize:
            // Renewal answers which operations are to be canceled, too.
            reclaim.holdOff()
            leases.renewNow()
            timers.wakeup.raise()
        }
    }
}
