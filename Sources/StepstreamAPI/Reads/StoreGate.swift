package import Logging
package import Stepstream
import Synchronization

/// Lets calls of requests through to the store: while it is known to be away they are refused at once instead of waiting for it one by one.
package final class StoreGate: Sendable {
    private let operations: any OperationReader
    private let waits: any SubmissionWaits
    private let executor: (any TaskExecutor)?
    private let clock: any MonotonicClock
    private let logger: Logger
    private let wakeup = Wakeup()
    private let pending = PendingCalls()
    /// With one more probe that is less than the second within which a request is to be answered.
    private let availability = Mutex(Availability(patience: .milliseconds(700)))

    /// How often it is looked whether calls are answered, and whether a store that was away is back.
    private static let interval = Duration.milliseconds(250)

    package init(_ store: StoreRoles, clock: any MonotonicClock = .system, logger: Logger) {
        operations = store.operations
        waits = store.waits
        executor = store.executor
        self.clock = clock
        self.logger = logger
    }

    /// Whether requests are refused without trying.
    package var isAway: Bool { availability.withLock { $0.isAway } }

    /// Looks whether the store answers, while calls are on their way or it is away, until the task is canceled. Rests otherwise.
    package func watch() async {
        while !Task.isCancelled {
            switch availability.withLock({ $0.look(at: clock.now) }) {
            case .rest:
                await wakeup.wait(until: nil, on: clock)
                continue
            case .lookAgain: break
            case .probe: await probe()
            }
            // Canceled only when the server ends: the loop's condition sees it.
            do { try await clock.sleep(until: clock.now + Self.interval) } catch { return }
        }
    }

    private func probe() async {
        logger.warning("The store is not answering; requests are refused until it does")
        while !Task.isCancelled {
            // Each time: a call that was let through just before may have come to wait only now.
            pending.giveUp()
            waits.giveUp()
            do throws(StoreError) {
                _ = try await operations.read(.fresh(), withEvents: false)
                availability.withLock { $0.probed(.answered, at: clock.now) }
            } catch {
                availability.withLock { $0.probed(Self.ending(of: error), at: clock.now) }
            }
            guard availability.withLock({ $0.isAway }) else {
                return logger.notice("The store answers again")
            }
            do { try await clock.sleep(until: clock.now + Self.interval) } catch { return }
        }
    }

    private static func ending(of error: StoreError) -> Availability.Ending {
        switch error.code {
        case .unavailable: .unreachable
        // The connection broke, or nobody waited: neither says whether the next call is answered.
        case .indeterminate, .cancelled: .other
        default: .answered
        }
    }

    /// Makes `call` unless the store is away. One that is brief reads so little that it may go on where the store's connection is.
    package func pass<Answer: Sendable>(
        isBrief: Bool = false,
        call: @escaping @Sendable () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await pass(StoreClosure(isBrief: isBrief, call: call))
    }

    /// Makes `call`, whose wait the store ends itself when it is given up, unless the store is away. Nil says nothing about the store.
    func pass<Answer>(_ call: () async throws(StoreError) -> Answer?) async throws(StoreError) -> Answer? {
        try begin()
        do throws(StoreError) {
            let answer = try await call()
            availability.withLock { $0.end(answer == nil ? .other : .answered, at: clock.now) }
            return answer
        } catch {
            availability.withLock { $0.end(Self.ending(of: error), at: clock.now) }
            throw error
        }
    }

    /// Makes `call` unless the store is away.
    func pass<Call: StoreCall>(_ call: Call) async throws(StoreError) -> Call.Answer {
        try begin()
        let waiting = PendingOutcome<Call.Answer>()
        let place = pending.add(waiting)
        // Waited for here; when given up, by nobody: it ends by the time limit of its command. Begun on this very thread.
        Task.immediate(executorPreference: call.isBrief ? executor : nil) {
            do throws(StoreError) {
                waiting.give(.success(try await call.answer()))
            } catch {
                waiting.give(.failure(error))
            }
        }
        let outcome = await waiting.outcome()
        pending.remove(at: place)
        switch outcome {
        case .success(let answer):
            availability.withLock { $0.end(.answered, at: clock.now) }
            return answer
        case .failure(let error):
            availability.withLock { $0.end(Self.ending(of: error), at: clock.now) }
            throw error
        }
    }

    private func begin() throws(StoreError) {
        let (isAdmitted, wakes) = availability.withLock { $0.begin(at: clock.now) }
        guard isAdmitted else { throw StoreError(.unavailable, "The store is not answering other calls; this one was not tried.") }
        if wakes { wakeup.raise() }
    }
}
