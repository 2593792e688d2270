import Logging
import Stepstream

/// Removes what operations and consumers that are gone have left behind.
struct TidyLoop: Sendable {
    let store: any UpkeepStore
    let configuration: WorkerConfiguration
    let retry: StoreRetry
    let clock: any MonotonicClock
    let logger: Logger

    /// Returns when the task is canceled.
    func run() async {
        var pace = TidyPace(longest: configuration.tidyInterval)
        while !Task.isCancelled {
            // Spread widely: one worker at a time is enough, and which one does not matter.
            let pause = pace.pause * Double.random(in: 0.5...1.5)
            do { try await clock.sleep(until: clock.now + pause) } catch { return }
            pace.removed(await tidy())
        }
    }

    /// Answers how many index entries it removed.
    private func tidy() async -> Int {
        var removed = 0
        while !Task.isCancelled {
            do throws(StoreError) {
                let answer = try await store.tidy(limit: TidyPace.lot)
                retry.succeeded(.tidy)
                removed += answer.indexEntries
                if answer.indexEntries < TidyPace.lot {
                    logger.debug("Tidied", metadata: [LogKey.count: "\(removed + answer.consumers)"])
                    return removed
                }
            } catch {
                await retry.pause(.tidy, after: error)
            }
        }
        return removed
    }
}
