import FoundationEssentials
package import Stepstream
import Synchronization

/// What `Retry-After` says, from measurements that cost the store nothing: the times in the records of operations that were shown here,
/// and the state of the queues, looked at now and then while somebody asks.
package final class RetryEstimates: Sendable {
    private struct Kind: Hashable {
        package let type: Name
        package let step: Name
    }

    private struct State {
        package var means: [Kind: DecayingMean] = [:]
        /// Operations that were measured lately: one that is asked for again must not count twice.
        package var measured: Set<OperationID> = []
        package var order: [OperationID] = []
        package var next = 0
        package var waits: [Name: Milliseconds] = [:]
    }

    /// How many operations are remembered as measured.
    private static let memory = 1024
    /// How many means are kept.
    private static let most = 10_000
    /// How often the queues are looked at, at most.
    private static let interval = Duration.seconds(5)
    /// What it says without measurements, in seconds.
    package static let fallback = 1

    private let health: SharedHealth
    private let state = Mutex(State())
    private let wakeup = Wakeup()

    package init(health: SharedHealth) {
        self.health = health
    }

    /// Looks at the queues while estimates are asked for, until the task is canceled. Rests otherwise.
    package func watch() async {
        while !Task.isCancelled {
            await wakeup.wait(until: nil, on: .system)
            let queues = await health.current().queues
            state.withLock { state in
                state.waits = Dictionary(queues.compactMap { queue in queue.oldestWaiting.map { (queue.queue, $0) } }) { first, _ in first }
            }
            // Canceled only when the server ends: the loop's condition sees it.
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }

    /// The seconds for `operation`; nil once it has ended, and then its steps are measured.
    package func seconds(of operation: Operation, definition: Definition?, now: Milliseconds? = nil) -> Int? {
        guard !operation.status.isEnded else {
            measure(operation)
            return nil
        }
        wakeup.raise()
        guard let definition else { return Self.fallback }
        let remaining = state.withLock { state in
            var runs: [Name: Milliseconds] = [:]
            for index in definition.steps.indices where !state.means.isEmpty {
                let step = definition.steps[index].name
                runs[step] = state.means[Kind(type: operation.type, step: step)].map { Milliseconds(Int64($0.value)) }
            }
            return RemainingTime(runs: runs, waits: state.waits)
        }
        let now = now ?? .now
        return remaining.seconds(of: operation, definition: definition, now: now) ?? Self.fallback
    }

    private func measure(_ operation: Operation) {
        state.withLock { state in
            guard state.measured.insert(operation.id).inserted else { return }
            if state.order.count < Self.memory {
                state.order.append(operation.id)
            } else {
                state.measured.remove(state.order[state.next])
                state.order[state.next] = operation.id
                state.next = (state.next + 1) % Self.memory
            }
            for (step, record) in operation.steps where record.status == .succeeded {
                guard let start = record.startedAt, let end = record.endedAt, end.count >= start.count else { continue }
                let kind = Kind(type: operation.type, step: step)
                let sample = Double(end.count - start.count)
                guard state.means[kind] != nil || state.means.count < Self.most else { continue }
                if state.means[kind] == nil { state.means[kind] = DecayingMean(sample) } else { state.means[kind]?.take(sample) }
            }
        }
    }
}
