import Stepstream
import Synchronization

/// Gathers calls of many tasks into batches: while one is under way, what comes meanwhile is the next, and leaves at once if it is large.
///
/// So the batch size follows the load and nobody waits for a clock. A caller is answered once, also when its task has been canceled: what
/// it asked for is written all the same.
final class Batcher<Item: Sendable, Answer: Sendable>: Sendable {
    typealias Outcome = Result<Answer, StoreError>

    private struct Call {
        let item: Item
        /// Nil once it was given up.
        var continuation: UnsafeContinuation<Outcome, Never>?
        /// Whether `giveUp` ends the wait.
        let mayBeGivenUp: Bool
    }

    private enum Admission {
        /// Whoever works already takes it.
        case waits
        case needsWorker
        case refused
    }

    /// Two workers at most: while Redis runs the batch of one, we read and write that of the other.
    private struct State {
        var waiting: [Call] = []
        var workers = 0
        var underway = 0
        /// The batches that are under way, by number.
        var batches: [Int: [Call]] = [:]
        var last = 0
        var isEnded = false

        mutating func admit(_ call: Call) -> Admission {
            guard !isEnded else { return .refused }
            waiting.append(call)
            guard workers == 0 || workers == 1 && waiting.count >= Batcher.worthOverlapping else { return .waits }
            workers += 1
            return .needsWorker
        }

        /// What leaves next. Callers that wait for their answers before they call again would all be in one batch, and Redis and we would
        /// take turns: so a large batch that has no other to overlap with leaves half of the calls to the next.
        mutating func take(upTo limit: Int) -> (number: Int, items: [Item])? {
            let isAlone = underway == 0
            guard !waiting.isEmpty, isAlone || waiting.count >= Batcher.worthOverlapping else {
                workers -= 1
                return nil
            }
            underway += 1
            let count = isAlone && waiting.count >= 2 * Batcher.worthOverlapping ? (waiting.count + 1) / 2 : waiting.count
            let batch = Array(waiting.prefix(min(count, limit)))
            waiting.removeFirst(batch.count)
            last += 1
            batches[last] = batch
            return (last, batch.map(\.item))
        }

        /// The calls of a batch that has been answered.
        mutating func finish(_ number: Int) -> [Call] {
            underway -= 1
            return batches.removeValue(forKey: number) ?? []
        }

        /// Takes the continuations of the calls that may be given up. Those that have not left do not leave any more.
        mutating func giveUp() -> [UnsafeContinuation<Outcome, Never>] {
            var givenUp = waiting.filter(\.mayBeGivenUp).compactMap(\.continuation)
            waiting.removeAll(where: \.mayBeGivenUp)
            for (number, calls) in batches {
                for index in calls.indices where calls[index].mayBeGivenUp {
                    guard let continuation = calls[index].continuation else { continue }
                    givenUp.append(continuation)
                    batches[number]?[index].continuation = nil
                }
            }
            return givenUp
        }
    }

    /// Smaller batches cost Redis more a call than overlapping gains.
    private static var worthOverlapping: Int { 32 }

    private let limit: Int
    private let executor: any TaskExecutor
    private let perform: @Sendable ([Item]) async -> [Outcome]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: how many calls one batch holds at most.
    ///   - executor: where batches are put together, sent and answered.
    ///   - perform: answers a batch, one outcome an item, in order.
    init(limit: Int, on executor: any TaskExecutor, perform: @escaping @Sendable ([Item]) async -> [Outcome]) {
        self.limit = limit
        self.executor = executor
        self.perform = perform
    }

    /// Waits for the answer to `item`.
    func call(_ item: Item, mayBeGivenUp: Bool = false) async throws(StoreError) -> Answer {
        let outcome = await withUnsafeContinuation { continuation in
            switch state.withLock({ $0.admit(Call(item: item, continuation: continuation, mayBeGivenUp: mayBeGivenUp)) }) {
            case .waits: break
            // Nobody waits for it but the callers: a batch that has left must not lose its answers when the store is shut down. Detached, as it
            // goes on for others than the one that happened to need it.
            case .needsWorker: Task.detached(executorPreference: executor) { await self.work() }
            case .refused: continuation.resume(returning: Self.ended)
            }
        }
        return try outcome.get()
    }

    /// Fails the calls that wait and, from now on, every other; batches under way are answered.
    func end() {
        let left = state.withLock { state in
            state.isEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for call in left { call.continuation?.resume(returning: Self.ended) }
    }

    /// Ends the waits of the calls that may be given up: nobody knows what becomes of them.
    func giveUp() {
        for continuation in state.withLock({ $0.giveUp() }) { continuation.resume(returning: .failure(.givenUp)) }
    }

    private static var ended: Outcome { .failure(StoreError(.unavailable, "The store has been shut down.")) }

    /// Performs batch after batch as long as calls wait.
    private func work() async {
        while let (number, items) = state.withLock({ $0.take(upTo: limit) }) {
            let outcomes = await perform(items)
            let calls = state.withLock { $0.finish(number) }
            for index in calls.indices {
                calls[index].continuation?.resume(returning: index < outcomes.count ? outcomes[index] : .failure(.tooFewAnswers))
            }
        }
    }
}

extension StoreError {
    static let tooFewAnswers = StoreError(.corrupt, "A script returned too few results.")
}
