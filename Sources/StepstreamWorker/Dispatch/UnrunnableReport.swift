import Logging
import Stepstream
import Synchronization

/// Says which handlers and definitions are missing here: once a minute each, however many messages ask for them.
final class UnrunnableReport: Sendable {
    private let reported = Mutex([String: Duration]())
    private let clock: any MonotonicClock
    private let logger: Logger

    init(clock: any MonotonicClock, logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    func note(_ problem: Problem, for message: Message, count: Int) {
        let now = clock.now
        let subject = problem.detail ?? problem.type
        let isDue = reported.withLock { reported in
            guard reported[subject].map({ now - $0 >= .seconds(60) }) ?? true else { return false }
            // Definitions come and go; what was said long ago need not be remembered.
            if reported.count > 256 { reported = reported.filter { now - $0.value < .seconds(60) } }
            reported[subject] = now
            return true
        }
        guard isDue else { return }
        let metadata: Logger.Metadata = [
            LogKey.error: "\(subject)", LogKey.step: "\(message.work.step)", LogKey.queue: "\(message.queue)",
            LogKey.definition: "\(message.definition)", LogKey.count: "\(count)",
        ]
        logger.warning("This worker cannot run a step; its message was snoozed", metadata: metadata)
    }
}
