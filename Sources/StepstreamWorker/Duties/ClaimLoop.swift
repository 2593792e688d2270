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

    /// Returns when the worker is to end and every step it began has been committed, and what it claimed besides is handed on.
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
                await dispatch(messages[...], in: &group)
            } catch {
                guard !stop.isRaised, !Task.isCancelled else { continue }
                await retry.pause(.claim, after: error)
                // A queue or its group may be gone, or Redis be another one than before.
                reconcile.ask()
            }
        }
    }

    /// Recovered work may have taken slots meanwhile: then the rest waits for the next ones to become free.
    private func dispatch(_ messages: ArraySlice<DeliveredMessage>, in group: inout DiscardingTaskGroup) async {
        var rest = messages
        while !rest.isEmpty {
            let taken = await slots.take(upTo: rest.count, for: .fresh)
            guard taken > 0 else { return await dispatcher.returnUnbegun(Array(rest)) }
            let batch = Array(rest.prefix(taken))
            rest = rest.dropFirst(taken)
            group.addTask { await dispatcher.process(batch) }
        }
    }
}
