package import Logging
import ServiceLifecycle
import Synchronization

/// Adds up what happens in this process, and hands it to the store once a second, if there is anything: so that an overview has a memory that
/// no restart clears. Who is killed loses its last second.
package final class CountKeeper: Service {
    private let store: any CountStore
    private let clock: any MonotonicClock
    private let logger: Logger
    private let counts = Mutex(OperationCounts())
    private let wakeup = Wakeup()

    /// How long counts are gathered.
    private static let pause = Duration.seconds(1)

    /// A keeper; `run()` hands on what it has.
    package init(_ store: any CountStore, clock: any MonotonicClock = .system, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// Counts one of `kind`.
    package func count(_ kind: OperationCounts.Kind) {
        note { $0.count(kind) }
    }

    /// Notes what happened.
    func note(_ change: (inout OperationCounts) -> Void) {
        let isFirst = counts.withLock { counts in
            let isFirst = counts.isEmpty
            change(&counts)
            return isFirst
        }
        if isFirst { wakeup.raise() }
    }

    /// Hands on until a graceful shutdown, and what is left then.
    package func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.wakeup.wait(until: nil, on: self.clock)
                // Canceled at the end: then what there is goes at once.
                do { try await self.clock.sleep(until: self.clock.now + Self.pause) } catch { break }
                await self.flush()
            }
        }
        // In a task of its own, as this one may be canceled already; it is waited for here.
        await Task { await self.flush() }.value
    }

    private func flush() async {
        let taken = counts.withLock { counts in
            defer { counts = OperationCounts() }
            return counts
        }
        guard !taken.isEmpty else { return }
        do throws(StoreError) {
            try await store.add(taken)
        } catch {
            logger.debug("Counts could not be stored yet", metadata: [LogKey.error: "\(error)"])
            note { $0.add(taken) }
        }
    }
}

extension OperationCounts {
    /// Whether nothing has happened.
    package var isEmpty: Bool { counts.isEmpty && durations.allSatisfy { $0 == 0 } && waits.allSatisfy { $0 == 0 } }

    /// Adds all of `other`.
    package mutating func add(_ other: OperationCounts) {
        counts.merge(other.counts, uniquingKeysWith: +)
        for index in durations.indices { durations[index] += other.durations[index] }
        for index in waits.indices { waits[index] += other.waits[index] }
    }

    mutating func count(_ kind: Kind, amount: Int = 1) {
        if amount > 0 { counts[kind, default: 0] += amount }
    }
}
