import Stepstream

/// Publishes the messages of timers when they are due. Sleeps until the next one is due, or until it is notified of an earlier one.
struct TimerLoop: Sendable {
    let store: any TimerStore
    let deadlines: DeadlineDuty
    let batch: Int
    let retry: StoreRetry
    let clock: any MonotonicClock
    /// Raised when an earlier timer may have been set.
    let wakeup = Wakeup()

    /// How long it sleeps at most: notices can be lost.
    private static let longest = Duration.seconds(30)

    /// Returns when the task is canceled.
    func run() async {
        while !Task.isCancelled {
            do throws(StoreError) {
                let answer = try await store.promoteDueTimers(limit: batch)
                retry.succeeded(.promote)
                await deadlines.rollBack(answer.passedDeadlines)
                if answer.promoted > 0, answer.next == 0 { continue }
                // Never less than a millisecond, so that a timer that is due by nobody's clock cannot make this spin.
                let pause = answer.next.map { min(max($0.duration, .milliseconds(1)), Self.longest) } ?? Self.longest
                await wakeup.wait(until: clock.now + pause, on: clock)
            } catch {
                await retry.pause(.promote, after: error)
            }
        }
    }

    /// Publishes what is due at this moment, when the loop may not come to it any more.
    func promoteOnce() async {
        do throws(StoreError) {
            // Passed deadlines are handed to another worker.
            _ = try await store.promoteDueTimers(limit: batch)
        } catch {
            // Timers are nobody's: any other worker publishes them.
            await retry.pause(.promote, after: error)
        }
    }
}
