import ChildProcesses
import Glibc
import Synchronization

/// One life of Redis under its watcher. The lifeline is one end of a socket pair: while this process holds it Redis runs; closing it,
/// which the kernel does when this process dies in any way, ends Redis.
final class WatchedProcess: Sendable {
    private struct State {
        var redis: pid_t?
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    private let watcher: UnreapedChild
    private let lifeline: Int32
    private let state = Mutex(State())

    private init(watcher: UnreapedChild, lifeline: Int32) {
        self.watcher = watcher
        self.lifeline = lifeline
    }

    /// Starts the watcher, which starts `command`. The child inherits the lock, so the folder stays locked until Redis is gone; this
    /// process gives it up.
    static func launch(
        _ command: [String],
        folder: DataFolder,
        lock: consuming FolderLock,
        configuration: EmbeddedRedis.Configuration
    ) throws(EmbeddedRedisError) -> WatchedProcess {
        var ends: [Int32] = [-1, -1]
        // A socket pair, because words go both ways.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw EmbeddedRedisError(.spawnFailed, "Cannot make a socket pair to the watcher of the embedded Redis: \(systemError()).")
        }
        defer { close(ends[1]) }
        do throws(SystemError) {
            let watcher = try WatcherScript.command(
                [folder.path, configuration.isTemporary ? "1" : "0", String(configuration.stopLimit)] + command,
                lifeline: ends[1],
                lock: lock.descriptor,
                log: folder.log
            ).start()
            let process = WatchedProcess(watcher: watcher, lifeline: ends[0])
            // The thread ends with the watcher and is what wakes `ended()`: waiting for a child blocks, which the pool must not.
            do throws(SystemError) {
                try BlockingThread.start { process.follow() }
            } catch {
                watcher.sendToGroup(SIGKILL)
                watcher.reap()
                throw error
            }
            return process
        } catch {
            close(ends[0])
            throw EmbeddedRedisError(.spawnFailed, "Cannot start \(error.subject), which watches over the embedded Redis: \(error.reason).")
        }
    }

    /// Redis's process identifier, from the watcher's report until Redis has ended.
    var redis: pid_t? { state.withLock { $0.status == nil ? $0.redis : nil } }

    /// The exit status once Redis ended: its own, or 128 + the signal's number.
    var status: Int32? { state.withLock { $0.status } }

    /// Suspends until Redis and its watcher ended. Not cancellable: ask for the end first.
    func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state -> Int32? in
                if state.status == nil { state.waiters.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// Lets go of the lifeline: the watcher sends SIGTERM, and SIGKILL after its limit.
    func release() {
        state.withLock { state in
            guard state.status == nil else { return }
            let line = Array(WatcherScript.stopLine.utf8)
            // A watcher that is gone already needs no word; what it left is ended when `follow` closes the lifeline.
            _ = send(lifeline, line, line.count, Int32(MSG_NOSIGNAL))
            _ = shutdown(lifeline, Int32(SHUT_WR))
        }
    }

    /// Sends a signal to Redis alone, if it runs.
    func signal(_ signal: Int32) {
        state.withLock { state in
            if state.status == nil, let redis = state.redis { _ = kill(redis, signal) }
        }
    }

    /// The last resort when the watcher itself hangs: ends its whole process group.
    func killGroup() {
        state.withLock { state in
            if state.status == nil { watcher.sendToGroup(SIGKILL) }
        }
    }

    private func follow() {
        let redis = readProcessIdentifier()
        state.withLock { $0.redis = redis }
        // The identifier stays taken until the lock below is held, so that no signal of ours can reach a stranger.
        watcher.waitForEnd()
        let (status, waiters) = state.withLock { state in
            let status = watcher.reap().code
            state.status = status
            // Also makes a guard that outlived a killed watcher end Redis.
            close(lifeline)
            defer { state.waiters = [] }
            return (status, state.waiters)
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    private func readProcessIdentifier() -> pid_t? {
        var digits: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(lifeline, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, byte != UInt8(ascii: "\n") else { break }
            digits.append(byte)
        }
        return pid_t(String(decoding: digits, as: UTF8.self))
    }
}
