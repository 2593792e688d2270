import ServiceLifecycle

/// Waits for an operation to become what a client waits for, on the store's notices: nothing is polled, and all who
/// wait for one operation share their reads.
package struct OperationWatcher: Sendable {
    private let changes: any ChangeFeed
    private let reads: CoalescedReads

    /// A watcher that reads what changed through `reads`.
    package init(_ changes: any ChangeFeed, reads: CoalescedReads) {
        self.changes = changes
        self.reads = reads
    }

    /// What a wait led to.
    package enum Answer: Sendable {
        /// It has become what was wanted.
        case wanted(Operation)
        /// There is none any more.
        case gone
        /// The time is up, the client has gone, the server is shutting down, or the store does not answer.
        case over
    }

    /// Waits until `isWanted` holds.
    ///
    /// - Parameters:
    ///   - operation: as the caller knows it.
    ///   - deadline: when to give up.
    ///   - clientGone: ends when nobody waits for the answer any more; nil: not known.
    ///   - isWanted: what is waited for.
    /// - Returns: what came first.
    package func wait(
        for operation: Operation,
        until deadline: ContinuousClock.Instant,
        clientGone: AsyncStream<Void>?,
        isWanted: @escaping @Sendable (Operation) -> Bool
    ) async -> Answer {
        await withTaskGroup(of: Answer.self) { group in
            group.addTask { await self.watch(operation, isWanted: isWanted) }
            group.addTask {
                // Ends early only when the wait is over anyway.
                do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return .over }
                return .over
            }
            group.addTask {
                do { try await gracefulShutdown() } catch { return .over }
                return .over
            }
            if let clientGone {
                group.addTask {
                    for await _ in clientGone {}
                    return .over
                }
            }
            let answer = await group.next() ?? .over
            group.cancelAll()
            return answer
        }
    }

    private func watch(_ operation: Operation, isWanted: @Sendable (Operation) -> Bool) async -> Answer {
        var version = operation.version
        // The first notice says that the watch stands; reading then misses nothing.
        for await notice in changes.notices(of: operation.id) {
            if case .events(let events) = notice, (events.last?.sequence ?? 0) <= version { continue }
            do throws(StoreError) {
                guard let current = try await reads.read(operation.id) else { return .gone }
                if isWanted(current) { return .wanted(current) }
                version = current.version
            } catch {
                return .over
            }
        }
        return .over
    }
}
