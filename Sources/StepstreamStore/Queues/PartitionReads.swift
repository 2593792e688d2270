import Stepstream
import Synchronization

/// The blocking reads of a message source over several partitions, one a partition.
///
/// Redis cannot wait on streams of several slots in one command. When one read brings messages the others stay as they are, for the next
/// call to wait on: to break them off at once does not work, because a read that has not yet reached Redis cannot be unblocked there, and
/// the messages in hand would wait for its end. What a read brings while nobody asks is kept for the next call.
final class PartitionReads: Sendable {
    typealias Outcome = Result<[DeliveredMessage], StoreError>

    private struct State {
        var running: [Int: Task<Void, Never>] = [:]
        var arrived: [Outcome] = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Starts the reads that are not under way, and waits until one has ended; when the caller's task is canceled, until all have.
    func outcomes(of partitions: Int, by read: @escaping @Sendable (Int) async -> Outcome) async -> [Outcome] {
        for number in 0..<partitions { start(number, by: read) }
        await withTaskCancellationHandler {
            await arrival()
        } onCancel: {
            cancel()
        }
        if Task.isCancelled { await end() }
        return state.withLock { state in
            defer { state.arrived = [] }
            return state.arrived
        }
    }

    /// What has arrived and nobody asked for.
    func rest() -> [Outcome] {
        state.withLock { state in
            defer { state.arrived = [] }
            return state.arrived
        }
    }

    /// Waits until no read is under way; their connections have been closed, or they canceled.
    func end() async {
        for task in state.withLock({ Array($0.running.values) }) { await task.value }
    }

    private func start(_ number: Int, by read: @escaping @Sendable (Int) async -> Outcome) {
        state.withLock { state in
            guard state.running[number] == nil else { return }
            // Waited for by the call that finds its outcome, or by `end`.
            state.running[number] = Task { self.note(await read(number), of: number) }
        }
    }

    private func note(_ outcome: Outcome, of number: Int) {
        let waiter = state.withLock { state in
            state.running[number] = nil
            state.arrived.append(outcome)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    private func arrival() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrived.isEmpty { state.waiter = continuation }
                return !state.arrived.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }

    private func cancel() {
        for task in state.withLock({ Array($0.running.values) }) { task.cancel() }
    }
}
