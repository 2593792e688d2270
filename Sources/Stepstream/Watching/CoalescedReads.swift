import Synchronization

/// Reads operations for many watchers: whoever asks while a read is under way shares the next one.
///
/// A read that was begun before one asked may miss the change that the asker knows of, so it is never shared; the one after it is. A thousand
/// watchers that read at the same moment cost two reads at most.
package final class CoalescedReads: Sendable {
    private typealias Answer = Result<Operation?, StoreError>

    private struct Round {
        var isRunning = false
        var waiting: [CheckedContinuation<Answer, Never>] = []
    }

    private let operations: any OperationReader
    private let rounds = Mutex<[OperationID: Round]>([:])

    /// Reads of `operations`.
    package init(_ operations: any OperationReader) {
        self.operations = operations
    }

    /// The operation with its events, read after this call was made.
    package func read(_ id: OperationID) async throws(StoreError) -> Operation? {
        let answer = await withCheckedContinuation { continuation in
            let begins = rounds.withLock { rounds in
                rounds[id, default: Round()].waiting.append(continuation)
                defer { rounds[id]?.isRunning = true }
                return rounds[id]?.isRunning == false
            }
            // Belongs to all who wait, so to none of their tasks; each of them waits for it.
            if begins { Task { await run(id) } }
        }
        return try answer.get()
    }

    private func run(_ id: OperationID) async {
        while let waiting = take(id) {
            let answer: Answer
            do throws(StoreError) {
                answer = .success(try await operations.read(id, withEvents: true))
            } catch {
                answer = .failure(error)
            }
            for continuation in waiting { continuation.resume(returning: answer) }
        }
    }

    /// Those who have asked until now; nil, and the end of the rounds, when there are none.
    private func take(_ id: OperationID) -> [CheckedContinuation<Answer, Never>]? {
        rounds.withLock { rounds in
            guard let waiting = rounds[id]?.waiting, !waiting.isEmpty else {
                rounds[id] = nil
                return nil
            }
            rounds[id]?.waiting = []
            return waiting
        }
    }
}
