import Stepstream

/// Hears what concerns every worker, by one subscription, and passes it on.
struct NoticeLoop: Sendable {
    let feed: any MessageFeed
    let timers: TimerLoop
    let leases: LeaseKeeper
    let pauses: PauseLoop
    let retry: StoreRetry

    /// Returns when the task is canceled.
    func run() async {
        while !Task.isCancelled {
            for await notice in feed.workerNotices() {
                retry.succeeded(.notices)
                pass(notice)
            }
            guard !Task.isCancelled else { return }
            await retry.pause(.notices, after: StoreError(.unavailable, "The stream of notices ended."))
        }
    }

    private func pass(_ notice: WorkerNotice) {
        switch notice {
        case .earlierTimer:
            timers.wakeup.raise()
        case .cancelRequested(let operation):
            leases.cancelRequested(operation)
        case .pausesChanged:
            pauses.wakeup.raise()
        case .resynchronize:
            pauses.wakeup.raise()
            // Renewal answers which operations are to be canceled, too.
            leases.renewNow()
            timers.wakeup.raise()
        }
    }
}
