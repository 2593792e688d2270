import Stepstream
import StepstreamTesting
import Synchronization
import Testing

@testable import StepstreamStore

@Suite("Batching")
struct BatcherTests {
    @Test("every call gets its own answer, and batches keep their limit")
    func answers() async throws {
        let sizes = Mutex<[Int]>([])
        let batcher = Batcher<Int, Int>(limit: 10, on: globalConcurrentExecutor) { items in
            sizes.withLock { $0.append(items.count) }
            return items.map { .success($0 * 2) }
        }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<1000 {
                group.addTask { #expect(await Self.outcome(batcher, number) == .success(number * 2)) }
            }
        }
        #expect(sizes.withLock { $0.reduce(0, +) } == 1000)
        #expect(sizes.withLock { $0.max() ?? 0 } <= 10)
    }

    @Test("a batch that has left is answered although the batcher is shut down meanwhile")
    func shutdown() async throws {
        let signals = NamedSignals()
        let batcher = Batcher<Int, Int>(limit: 10, on: globalConcurrentExecutor) { items in
            signals.emit("under way")
            do { try await signals.wait(for: "answer") } catch { return items.map { _ in .failure(StoreError(.cancelled, "canceled")) } }
            return items.map { .success($0) }
        }
        let call = Task { await Self.outcome(batcher, 7) }
        try await signals.wait(for: "under way")
        batcher.end()
        signals.emit("answer")
        #expect(await call.value == .success(7))
        #expect(await Self.outcome(batcher, 8) == .failure(.unavailable))
    }

    @Test("a caller that is canceled is answered all the same")
    func canceledCaller() async throws {
        let batcher = Batcher<Int, Int>(limit: 10, on: globalConcurrentExecutor) { items in items.map { .success($0) } }
        let call = Task { await Self.outcome(batcher, 3) }
        call.cancel()
        #expect(await call.value == .success(3))
    }

    @Test("two batches at most are under way, and the second one only of many calls; once ended, what waits fails")
    func overlap() async throws {
        let signals = NamedSignals()
        let batcher = Batcher<Int, Int>(limit: 10, on: globalConcurrentExecutor) { items in
            signals.emit("under way")
            do { try await signals.wait(for: "answer") } catch { return items.map { _ in .failure(StoreError(.cancelled, "canceled")) } }
            return items.map { .success($0) }
        }
        let first = Task { await Self.outcome(batcher, 1) }
        try await signals.wait(for: "under way")
        // More than make another batch worth while, and a third one if there were any.
        let others = (2...101).map { number in Task { await Self.outcome(batcher, number) } }
        try await signals.wait(for: "under way", count: 2)
        batcher.end()
        signals.emit("answer")
        #expect(await first.value == .success(1))
        var outcomes: [Answered] = []
        for other in others { outcomes.append(await other.value) }
        #expect(outcomes.count { $0 == .failure(.unavailable) } == 90)
        #expect(signals.values(of: "under way").count == 2)
    }

    @Test("too few answers leave nobody waiting")
    func tooFew() async throws {
        let batcher = Batcher<Int, Int>(limit: 10, on: globalConcurrentExecutor) { _ in [] }
        #expect(await Self.outcome(batcher, 1) == .failure(.corrupt))
    }

    private enum Answered: Equatable {
        case success(Int)
        case failure(StoreError.Code)
    }

    private static func outcome(_ batcher: Batcher<Int, Int>, _ number: Int) async -> Answered {
        do throws(StoreError) {
            return .success(try await batcher.call(number))
        } catch {
            return .failure(error.code)
        }
    }
}
