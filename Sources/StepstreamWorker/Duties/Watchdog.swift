import Logging
public import Stepstream

/// Sees to it that the worker does not stand still unnoticed: connected, with free slots, while messages wait that it never gets to read.
///
/// It compares what the store says of the queues with the worker's own reads. First it has the reads begin anew on another connection; when
/// that does not help it says why and ends the worker with an error, so that whoever supervises the process starts another.
struct Watchdog: Sendable {
    let store: any HealthStore
    let configuration: WorkerConfiguration
    let reading: any ReadingControl
    let reads: Reads
    let slots: Slots
    let retry: StoreRetry
    let clock: any MonotonicClock
    let logger: Logger

    /// Returns the reason when the worker must end, nil when the task is canceled.
    func run() async -> WorkerStalled? {
        var reconnected: Duration?
        while !Task.isCancelled {
            // Canceled only when the worker ends.
            do { try await clock.sleep(until: clock.now + configuration.watchPatience / 2) } catch { return nil }
            guard let found = await standstill() else { continue }
            guard let since = reconnected, since >= found.since else {
                reconnected = clock.now
                logger.warning("Messages wait but none is read; reconnecting", metadata: found.metadata)
                await reading.reconnect()
                continue
            }
            // A new connection has its time too.
            guard clock.now - since >= configuration.watchPatience else { continue }
            logger.error("Messages wait but none is read, even on a new connection; the worker ends", metadata: found.metadata)
            return found.reason
        }
        return nil
    }

    private struct Stall {
        /// Since when it reads in vain.
        let since: Duration
        let queue: StoreHealth.QueueState
        let age: Milliseconds

        var reason: WorkerStalled { WorkerStalled(queue: queue.queue, waiting: queue.length - queue.pending, age: age) }

        var metadata: Logger.Metadata {
            [LogKey.queue: "\(queue.queue)", LogKey.count: "\(queue.length - queue.pending)", LogKey.milliseconds: "\(age.count)"]
        }
    }

    /// Nil while all is well, or the store itself is not; then every duty says so already.
    private func standstill() async -> Stall? {
        guard slots.hasFree else {
            reads.restart()
            return nil
        }
        let patience = configuration.watchPatience
        guard let since = reads.inVainSince, clock.now - since >= patience, !retry.isRefused(.claim) else { return nil }
        for queue in await store.health().queues where configuration.queues.contains(queue.queue) && !queue.isPaused {
            if let age = queue.oldestWaiting, age.duration >= patience { return Stall(since: since, queue: queue, age: age) }
        }
        return nil
    }
}

/// A worker ended because it got nothing to read although messages waited for it.
public struct WorkerStalled: Error, CustomStringConvertible {
    /// A queue in which they wait.
    public let queue: Name
    /// How many wait in it.
    public let waiting: Int
    /// For how long the oldest has waited.
    public let age: Milliseconds

    /// In words.
    public var description: String {
        "\(waiting) messages wait in queue \(queue), the oldest for \(age.count) ms, but the worker reads none; a new connection did not help."
    }
}
