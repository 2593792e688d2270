import Stepstream

/// Claims fresh messages as long as there are free slots.
///
/// While a batch is begun and run the next one is being read; when there is nothing to claim it waits inside `next`, which costs nothing.
struct ClaimLoop: Sendable {
    /// The most fresh messages that are claimed and begun at once: one script call, beside which Redis does nothing (1 to 4 ms).
    private static let batch = 96

    let source: MessageSource
    let slots: Slots
    let stop: Stop
    let retry: StoreRetry
    let dispatcher: Dispatcher
    let reconcile: ReconcileLoop
    let reads: Reads
    let clock: any MonotonicClock

    /// Returns when the worker is to end and every step it began has been committed, and what it claimed besides is returned unbegun.
    func run() async {
        await withDiscardingTaskGroup { group in
            await claim(in: &group)
            await source.control.close()
            await dispatcher.returnUnbegun(source.reader.rest())
        }
    }

    private func claim(in group: inout DiscardingTaskGroup) async {
        while let free = await slots.someFree(for: .fresh), !Task.isCancelled {
            reads.begin(at: clock.now)
            do throws(StoreError) {
                // Half at most: while one half is begun or committed the other runs, and Redis and we both have something to do.
                let messages = try await source.reader.next(limit: min(free, (slots.count + 1) / 2, Self.batch))
                retry.succeeded(.claim)
                if !messages.isEmpty { reads.restart() }
                // Recovered work may have taken slots meanwhile: then some wait for the next ones to become free.
                await dispatcher.dispatch(messages, as: .fresh, in: &group)
            } catch {
                guard !stop.isRaised, !Task.isCancelled else { continue }
                await retry.pause(.claim, after: error)
                // A queue or its group may be gone, or Redis be another one than before.
                reconcile.ask()
            }
        }
    }
}
