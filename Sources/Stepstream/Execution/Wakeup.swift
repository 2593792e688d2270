import Synchronization

/// A flag that one task sleeps on and any task may raise. Raising it twice before it is seen counts once.
public final class Wakeup: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// A flag that is down.
    public init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Raises the flag.
    public func raise() {
        continuation.yield()
    }

    /// Waits until the flag is raised, `deadline` passes, or the task is canceled, and lowers the flag. For one waiting task at a time.
    public func wait(until deadline: Duration?, on clock: any MonotonicClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [stream] in
                for await _ in stream { break }
            }
            if let deadline {
                group.addTask {
                    // Cancellation ends the sleep early, and with it the wait: nothing is lost by returning.
                    do { try await clock.sleep(until: deadline) } catch { return }
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
