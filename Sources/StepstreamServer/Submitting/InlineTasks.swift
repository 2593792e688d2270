import Logging
import Stepstream
import Synchronization

/// The tasks that run sync steps. They belong to the server, not to a request: a client that goes away, or whose time is up, stops nothing.
final class InlineTasks: Sendable {
    private typealias Work = @Sendable () async -> Void
    private let work = AsyncStream<Work>.makeStream()
    private let places: Mutex<Int>
    private let logger: Logger

    /// - Parameters:
    ///   - limit: how many operations are run at once.
    ///   - logger: where it logs.
    init(limit: Int, logger: Logger) {
        places = Mutex(limit)
        self.logger = logger
    }

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

    /// Takes one of the places; `run` or `giveBack` must follow. False: all are taken, and the sync steps belong in their queues.
    func takePlace() -> Bool {
        places.withLock { places in
            guard places > 0 else { return false }
            places -= 1
            return true
        }
    }

    /// Gives a place back that was not used.
    func giveBack() {
        places.withLock { $0 += 1 }
    }

    /// Runs the sync steps of `operation` in the place taken before.
    ///
    /// - Returns: the operation as it then is; nil when it must be read to know that, or `deadline` came first: then they go on without the
    ///   caller, the step that is running to its end, the next ones in their queues.
    func run(
        _ operation: Operation,
        by decisions: Decisions,
        until deadline: ContinuousClock.Instant,
        runner: InlineRunner
    ) async -> Operation? {
        let end = Announcement<Operation?>()
        let result = work.continuation.yield { [self] in
            defer { giveBack() }
            do throws(StoreError) {
                end.give(try await runner.run(operation, by: decisions) { ContinuousClock.now < deadline })
            } catch {
                let metadata = Logger.Metadata.about(LogSubject(operation), [LogKey.error: "\(error)"])
                logger.warning("A sync step could not be begun here; its timer hands it to a worker", metadata: metadata)
                end.give(nil)
            }
        }
        guard case .enqueued = result else {
            giveBack()
            return nil
        }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends early when the answer is there, or nobody waits for it.
                do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return end.give(nil) }
                end.give(nil)
            }
            let value = await end.value()
            group.cancelAll()
            return value
        }
    }
}
