import Glibc
public import Stepstream

/// How one worker works.
public struct WorkerConfiguration: Sendable {
    /// The queues it claims from.
    public var queues: [Name]
    /// How many attempts run at once at most.
    public var concurrency: Int
    /// Its name in the consumer groups, `<host>:<slot>`. Keep it the same over restarts: then the worker finds what it held before at
    /// once, and names do not pile up. No two living workers may share one.
    public var consumer: String
    /// How long a claim holds without renewal: how long the work of a dead worker waits. Renewed at a third of it.
    public var lease: Milliseconds
    /// How long running handlers may go on after a graceful shutdown has begun, before their work is handed back.
    public var graceTime: Duration
    /// How often claimed messages are looked through for expired leases; a quarter of a lease, 5 s at most, unless said otherwise.
    public var reclaimInterval: Duration
    /// How long a message that this worker cannot run is put aside, at least; up to half as long again, so that they do not all come back
    /// at once. Longer than a read of the store waits: who has waited longest is served first, and it should not be this worker again.
    public var snoozeDelay: Milliseconds
    /// How long indexes and consumers are left untidied, about; as little as a second where much is left behind.
    public var tidyInterval: Duration
    /// How often the live operations are looked through for those that have lost their message, by all workers together.
    public var reconcileInterval: Duration
    /// How long messages may wait while the worker reads and gets none, before its connection is made anew, and once more before it ends.
    public var watchPatience: Duration
    /// How long looking for expired leases pauses after Redis was away; a lease, unless said otherwise.
    package var reclaimPause: Duration
    /// How long a lease is believed to hold without a renewal; nil: two thirds of it.
    package var leasePatience: Duration?
    /// How many timers are promoted in one call, and index entries removed, and live operations looked at; 1-100, so that no script holds Redis up.
    public var batch: Int

    /// A configuration; 64 attempts at once, leases of 30 s, 25 s of grace unless said otherwise.
    public init(
        queues: [Name] = [Step.defaultQueue],
        concurrency: Int = 64,
        consumer: String = WorkerConfiguration.consumer(slot: 0),
        lease: Milliseconds = 30_000
    ) {
        self.queues = queues
        self.concurrency = concurrency
        self.consumer = consumer
        self.lease = lease
        graceTime = .seconds(25)
        reclaimInterval = min(lease.duration / 4, .seconds(5))
        reclaimPause = lease.duration
        snoozeDelay = 5000
        tidyInterval = .seconds(600)
        reconcileInterval = .seconds(30)
        watchPatience = .seconds(20)
        batch = 100
    }

    /// The name of worker number `slot` on this host: `<host>:<slot>`.
    public static func consumer(slot: Int) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let host = gethostname(&buffer, buffer.count - 1) == 0 ? buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } : []
        return (host.isEmpty ? "localhost" : String(decoding: host, as: UTF8.self)) + ":\(slot)"
    }
}
