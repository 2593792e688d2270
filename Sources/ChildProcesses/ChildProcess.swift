package import Glibc
import Synchronization

/// A running child process. It is reaped when it has ended, and no signal goes to another process that got its number after that.
package final class ChildProcess: Sendable {
    private struct State {
        var end: ChildEnd?
        /// How many threads wait for the end. The last one reaps the child, so that none of them can wait for a stranger.
        var watchers = 1
        var waiters: [CheckedContinuation<ChildEnd, Never>] = []
    }

    private let child: UnreapedChild
    private let held: Int32?
    private let lifeline: Lifeline?
    private let state = Mutex(State())

    /// Starts `command`.
    ///
    /// - Parameters:
    ///   - command: The program.
    ///   - held: A descriptor to be closed when the child has ended or cannot be started. The child of which this process holds the
    ///     other end of standard input learns from its end that this process is gone, however it went.
    ///   - lifeline: Kills the group of the child when this process is gone.
    /// - Throws: An error that names the program.
    package init(_ command: ChildCommand, holding held: Int32? = nil, lifeline: Lifeline? = nil) throws(SystemError) {
        precondition(lifeline == nil || command.group == .own, "a lifeline kills a whole group")
        do throws(SystemError) {
            child = try command.start()
        } catch {
            if let held { close(held) }
            throw error
        }
        self.held = held
        self.lifeline = lifeline
        do throws(SystemError) {
            try lifeline?.add(child.pid)
            try BlockingThread.start { [self] in watch() }
        } catch {
            child.send(SIGKILL)
            watch()
            throw error
        }
    }

    package var pid: pid_t { child.pid }

    /// How it ended, if it has.
    package var end: ChildEnd? { state.withLock { $0.end ?? child.end } }

    /// Sends a signal, unless the child has ended.
    package func send(_ signal: Int32) { state.withLock { if $0.end == nil { child.send(signal) } } }

    /// Sends a signal to the group that the child leads, unless the child has ended.
    package func sendToGroup(_ signal: Int32) { state.withLock { if $0.end == nil { child.sendToGroup(signal) } } }

    /// Suspends until the child has ended. Not cancellable: ask for the end first.
    package func ended() async -> ChildEnd {
        await withCheckedContinuation { continuation in
            let end = state.withLock { state in
                if state.end == nil { state.waiters.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    /// Blocks the thread until the child has ended.
    @discardableResult
    package func waitUntilEnded() -> ChildEnd {
        let end = state.withLock { state in
            if state.end == nil { state.watchers += 1 }
            return state.end
        }
        return end ?? watch()
    }

    /// Asks the child to end (SIGTERM), and kills it when it has not after `limit`.
    package func terminate(within limit: Duration) async -> ChildEnd {
        send(SIGTERM)
        let killing = Task {
            try await Task.sleep(for: limit)
            send(SIGKILL)
        }
        defer { killing.cancel() }
        return await ended()
    }

    /// Kills the child and blocks the thread until it is gone.
    package func destroy() {
        send(SIGKILL)
        waitUntilEnded()
    }

    @discardableResult
    private func watch() -> ChildEnd {
        child.waitForEnd()
        let (end, waiters) = state.withLock { state in
            defer { state.waiters = [] }
            let end = state.end ?? finish()
            state.end = end
            state.watchers -= 1
            if state.watchers == 0 { child.reap() }
            return (end, state.waiters)
        }
        for waiter in waiters { waiter.resume(returning: end) }
        return end
    }

    private func finish() -> ChildEnd {
        guard let end = child.end else { preconditionFailure("process \(pid) was reaped by someone else") }
        if let held { close(held) }
        // A lifeline that is gone guards nobody, which the next child's `add` reports.
        try? lifeline?.remove(pid)
        return end
    }
}
