/// An attempt that was begun.
struct BegunAttempt {
    let type: String
    let step: String
    let queue: String
    let time: Milliseconds
    /// How long its message waited; nil without a message.
    let wait: Milliseconds?

    init(_ lease: Lease, of operation: Operation) {
        type = operation.type.text
        step = lease.message.work.label
        queue = lease.message.queue.text
        time = operation.record(lease.message.work)?.startedAt ?? 0
        // A stream entry's ID begins with the time of its publication.
        let published = lease.entry?.split(separator: "-").first.flatMap { Int64($0) }
        wait = published.map { [time] in Milliseconds(max(0, time.count - $0)) }
    }
}
