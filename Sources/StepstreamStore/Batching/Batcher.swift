import Stepstream
import Synchronization

/// Gathers calls of many tasks into batches: while one batch is under way, what comes meanwhile is the next.
///
/// So the batch size follows the load and nobody waits for a clock. A caller is answered once, also when its task has been canceled: what
/// it asked for is written all the same.
final class Batcher<Item: Sendable, Answer: Sendable>: Sendable {
    typealias Outcome = Result<Answer, StoreError>
    private typealias Call = (item: Item, continuation: UnsafeContinuation<Outcome, Never>)

    private struct State {
        var waiting: [Call] = []
        var isEnded = false
    }

    /// Smaller batches cost Redis more a call than overlapping gains.
    private static var worthHalving: Int { 32 }

    private let limit: Int
    private let perform: @Sendable ([Item]) async -> [Outcome]
    private let state = Mutex(State())
    private let wakeup = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - limit: how many calls one batch holds at most.
    ///   - perform: answers a batch, one outcome an item, in order.
    init(limit: Int, perform: @escaping @Sendable ([Item]) async -> [Outcome]) {
        self.limit = limit
        self.perform = perform
    }

    /// Waits for the answer to `item`.
    func call(_ item: Item) async throws(StoreError) -> Answer {
        let outcome = await withUnsafeContinuation { continuation in
            let (isFirst, isEnded) = state.withLock { state in
                guard !state.isEnded else { return (false, true) }
                state.waiting.append((item, continuation))
                return (state.waiting.count == 1, false)
            }
            if isEnded { continuation.resume(returning: .failure(StoreError(.unavailable, "The store has been shut down."))) }
            if isFirst { wakeup.continuation.yield() }
        }
        return try outcome.get()
    }

    /// Works batch after batch, up to two at a time, until the task is canceled; calls that still wait are then failed.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var underway = 0
            for await _ in wakeup.stream {
                while hasWaiting {
                    if underway == 2 {
                        await group.next()
                        underway -= 1
                    }
                    let calls = takeBatch(isAlone: underway == 0)
                    group.addTask { await self.answer(calls) }
                    underway += 1
                }
            }
        }
        let left = state.withLock { state in
            state.isEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for call in left { call.continuation.resume(returning: .failure(StoreError(.unavailable, "The store has been shut down."))) }
    }

    private func answer(_ calls: [Call]) async {
        // Waited for right here. A task of its own, because a batch that has left must not lose its answers when the store is shut down.
        let outcomes = await Task { await perform(calls.map(\.item)) }.value
        for (call, outcome) in zip(calls, outcomes) { call.continuation.resume(returning: outcome) }
        for call in calls.dropFirst(outcomes.count) {
            call.continuation.resume(returning: .failure(StoreError(.corrupt, "A script did not answer for everything it was asked.")))
        }
    }

    private var hasWaiting: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Callers that wait for their answers before they call again would all be in one batch, and Redis and we would take turns: so a large
    /// batch that has no other to overlap with leaves half of the calls to the next.
    private func takeBatch(isAlone: Bool) -> [Call] {
        state.withLock { state in
            let count = state.waiting.count
            let batch = Array(state.waiting.prefix(min(isAlone && count > Self.worthHalving ? (count + 1) / 2 : count, limit)))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }
}
