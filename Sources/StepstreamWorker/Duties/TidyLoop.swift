import Logging
import Stepstream

/// Removes what operations and consumers that are gone have left behind.
struct TidyLoop: Sendable {
    let store: any OperationStore
    let configuration: WorkerConfiguration
    let trouble: StoreTrouble
    let clock: any MonotonicClock
    let logger: Logger

    /// Returns when the task is canceled.
    func run() async {
        while !Task.isCancelled {
            // Spread widely: one worker at a time is enough, and which one does not matter.
            let pause = configuration.tidyInterval * Double.random(in: 0.5...1.5)
            do { try await clock.sleep(until: clock.now + pause) } catch { return }
            await tidy()
        }
    }

    private func tidy() async {
        while !Task.isCancelled {
            do throws(StoreError) {
                let answer = try await store.tidy(limit: configuration.batch)
                trouble.over(.tidy)
                let metadata: Logger.Metadata = [LogKey.count: "\(answer.indexEntries + answer.consumers)"]
                logger.debug("Tidied", metadata: metadata)
                if answer.indexEntries < configuration.batch { return }
            } catch {
                await trouble.pause(.tidy, after: error)
            }
        }
    }
}
