import Stepstream
import Synchronization

/// The tasks that run sync steps. They belong to the server, not to a request: a client that goes away, or whose time is up, stops nothing.
final class InlineTasks: Sendable {
    private typealias Work = @Sendable () async -> Void
    private let work = AsyncStream<Work>.makeStream()

    /// Runs what is handed in until the task is canceled or `finish` was called and all has ended.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await work in work.stream { group.addTask { await work() } }
        }
    }

    /// Takes nothing more.
    func finish() {
        work.continuation.finish()
    }

    /// Runs the sync steps of `operation`, and returns it as it is when they are through or `budget` is spent.
    func run(_ operation: Operation, by decisions: Decisions, within budget: Duration, runner: InlineRunner) async -> Operation {
        let answer = Answer(operation)
        let deadline = ContinuousClock.now + budget
        let result = work.continuation.yield {
            do throws(StoreError) {
                answer.give(try await runner.run(operation, by: decisions) { ContinuousClock.now < deadline })
            } catch {
                // The recovery timer hands the step to a worker.
                answer.give(operation)
            }
        }
        guard case .enqueued = result else { return operation }
        return await withTaskGroup(of: Operation?.self) { group in
            group.addTask { await answer.value() }
            group.addTask {
                // Canceled as soon as the answer is there.
                do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return nil }
                answer.give(operation)
                return nil
            }
            defer { group.cancelAll() }
            for await value in group { if let value { return value } }
            return operation
        }
    }

    /// A value that is given once and waited for once.
    private final class Answer: Sendable {
        private struct State {
            var value: Operation?
            var continuation: CheckedContinuation<Operation, Never>?
        }
        private let state = Mutex(State())

        init(_ operation: Operation) {}

        func give(_ value: Operation) {
            let continuation = state.withLock { state in
                if state.value == nil { state.value = value }
                defer { state.continuation = nil }
                return state.continuation
            }
            continuation?.resume(returning: value)
        }

        func value() async -> Operation {
            await withCheckedContinuation { continuation in
                let value = state.withLock { state in
                    if state.value == nil { state.continuation = continuation }
                    return state.value
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }
}
