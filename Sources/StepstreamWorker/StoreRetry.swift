import Logging
import Stepstream
import Synchronization

/// What is wrong with the store, as the duties of one worker meet it: how long each of them pauses, and one log line when things change
/// rather than one for each failed call.
final class StoreRetry: Sendable {
    enum Duty: String, Sendable {
        case claim, definition, begin
        case snooze
        case reclaim
        case promote, notices, tidy, reconcile, watch, pauses
    }

    private struct Failing {
        var code: StoreError.Code
        var times: Int
    }

    private struct State {
        var failing: [Duty: Failing] = [:]
        var lastAway: Duration?
    }

    private let state = Mutex(State())
    private let stop: Stop
    private let clock: any MonotonicClock
    private let logger: Logger

    init(stop: Stop, clock: any MonotonicClock, logger: Logger) {
        self.stop = stop
        self.clock = clock
        self.logger = logger
    }

    /// When a call last failed because the store was away or refused to write, by the worker's clock.
    var lastAway: Duration? { state.withLock(\.lastAway) }

    /// Whether the last call of `duty` was refused by the store's own state: nothing here would mend that.
    func isRefused(_ duty: Duty) -> Bool {
        guard let code = state.withLock({ $0.failing[duty]?.code }) else { return false }
        return code == .refused || code == .misconfigured
    }

    /// Repeats `call` until it succeeds. Throws what no repetition mends (`corrupt`, `invalidArgument`), and any error once the worker
    /// is to end: then what was claimed is left to the next one.
    func repeating<Answer>(
        _ duty: Duty,
        call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        while true {
            do {
                let answer = try await call()
                succeeded(duty)
                return answer
            } catch {
                let isHopeless = error.code == .corrupt || error.code == .invalidArgument
                if isHopeless || stop.isRaised || Task.isCancelled { throw error }
                await pause(duty, after: error)
            }
        }
    }

    /// Waits before `duty` tries again, at most until the worker is to end.
    func pause(_ duty: Duty, after error: StoreError) async {
        let duration = note(error, in: duty)
        await stop.sleep(until: clock.now + duration, on: clock)
        // Once it is to end, a duty that goes on during the grace time must still not spin.
        if stop.isRaised, !Task.isCancelled {
            do { try await clock.sleep(until: clock.now + .milliseconds(250)) } catch { return }
        }
    }

    /// Notes that `duty` got an answer.
    func succeeded(_ duty: Duty) {
        let isAllOver = state.withLock { state in
            state.failing.removeValue(forKey: duty) != nil && state.failing.isEmpty
        }
        if isAllOver { logger.notice("The store answers again") }
    }

    /// The pause doubles from 50 ms to 2 s, as most trouble is a restart or a failover; where only a person can help it is 30 s. Always
    /// with jitter, so that workers do not come back as one.
    private func note(_ error: StoreError, in duty: Duty) -> Duration {
        let now = clock.now
        let (times, isNew) = state.withLock { state in
            let isNew = !state.failing.values.contains { $0.code == error.code }
            let times = (state.failing[duty]?.times ?? 0) + 1
            state.failing[duty] = Failing(code: error.code, times: times)
            if error.isTransient { state.lastAway = now }
            return (times, isNew)
        }
        // What was canceled, at the end of the worker, is no trouble of the store.
        if isNew, error.code != .cancelled { report(error, in: duty) }
        let longest = error.isTransient ? Duration.seconds(2) : .seconds(30)
        let doubled = min(.milliseconds(50) * (1 << min(times - 1, 10)), longest)
        return (error.isTransient ? doubled : longest) * Double.random(in: 0.5...1)
    }

    private func report(_ error: StoreError, in duty: Duty) {
        let metadata: Logger.Metadata = [LogKey.error: "\(error)", LogKey.duty: "\(duty.rawValue)"]
        if error.isTransient {
            logger.warning("The store is failing calls of the worker; they are retried until they succeed", metadata: metadata)
        } else {
            logger.error("The store cannot apply a call of the worker; an operator must look into it", metadata: metadata)
        }
    }
}
