#if LABORATORY
import Synchronization

/// Messages and notices at which the process may die.
struct FaultyMessages: MessageFeed {
    let store: any MessageFeed
    let faults: FaultPlan

    func messageSource(queues: [Name], consumer: String) -> MessageSource {
        var source = store.messageSource(queues: queues, consumer: consumer)
        source.reader = FaultyReader(reader: source.reader, faults: faults)
        return source
    }

    /// Who asks for another notice has passed the last one on.
    func workerNotices() -> WorkerNotices {
        let notices = store.workerNotices()
        let last = LastNotice()
        return WorkerNotices(unfolding: { [faults] in
            if last.isOne { faults.reach(.afterNotice) }
            var iterator = notices.makeAsyncIterator()
            let notice = await iterator.next()
            last.isOne = notice != nil && notice != .resynchronize
            return notice
        })
    }
}

/// Whether the last that came says that something has happened.
private final class LastNotice: Sendable {
    private let state = Mutex(false)

    var isOne: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

private struct FaultyReader: MessageReader {
    let reader: any MessageReader
    let faults: FaultPlan

    func next(limit: Int) async throws(StoreError) -> [DeliveredMessage] {
        let messages = try await reader.next(limit: limit)
        if !messages.isEmpty { faults.reach(.afterClaim) }
        return messages
    }

    func rest() -> [DeliveredMessage] {
        let messages = reader.rest()
        faults.reach(.beforeReturn)
        return messages
    }
}
#endif
