package import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A program we started. It leads a process group of its own, so that Ctrl-C at the terminal reaches only us, and its standard
/// input is a pipe that nobody else holds open: it reads the end of it when we are gone, however that came about.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum End: Sendable, Hashable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        package var description: String {
            switch self {
            case .exited(let code): "exit status \(code)"
            case .killed(let signal): "signal \(signal)"
            }
        }
    }

    private struct State {
        var end: End?
        var waiters: [CheckedContinuation<End, Never>] = []
    }

    package let pid: pid_t
    /// Our end of its standard input; open for as long as it runs.
    private let input: Int32
    private let state = Mutex(State())

    /// Starts the program with default signal handling and an empty signal mask, standard output and error appended to a file.
    /// - Throws: `OrdersFailure` with what the system said.
    package init(executable: URL, arguments: [String], environment: [String: String], output: URL) throws {
        let path = executable.path(percentEncoded: false)
        let log = open(output.path(percentEncoded: false), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw OrdersFailure("\(output.path(percentEncoded: false)): \(String(cString: strerror(errno)))") }
        defer { close(log) }
        let pipe = try Self.makePipe()
        defer { close(pipe.reading) }
        do {
            pid = try Self.spawn(path, [path] + arguments, environment, input: pipe.reading, output: log)
        } catch {
            close(pipe.writing)
            throw error
        }
        input = pipe.writing
        // The thread ends with the process; `ended()` waits for it.
        Thread.detachNewThread { [self] in reap() }
    }

    /// Waits until the process has ended.
    package func ended() async -> End {
        await withCheckedContinuation { continuation in
            let end = state.withLock { state in
                if state.end == nil { state.waiters.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    /// Sends a signal, unless the process has ended: its number may be another's by then.
    package func send(_ signal: Int32) {
        state.withLock { if $0.end == nil { kill(pid, signal) } }
    }

    private func reap() {
        var info = siginfo_t()
        // First without taking the number away, so that `send` cannot meet another process of the same number.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (end, waiters) = state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            let end: End = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
            state.end = end
            defer { state.waiters = [] }
            return (end, state.waiters)
        }
        close(input)
        for waiter in waiters { waiter.resume(returning: end) }
    }

    private static func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard ends.withUnsafeMutableBufferPointer({ pipe($0.baseAddress) }) == 0 else {
            throw OrdersFailure("No pipe could be made: \(String(cString: strerror(errno)))")
        }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String],
        input: Int32,
        output: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        try keepDescriptorsToOurselves()

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var pid: pid_t = 0
        let code = withCStrings(arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { posix_spawn(&pid, path, &actions, &attributes, arguments, $0) }
        }
        guard code == 0 else { throw OrdersFailure("\(path) cannot be started: \(String(cString: strerror(code)))") }
        return pid
    }

    /// Marks all open files and sockets close-on-exec: the child would keep our ports taken after our death, and the pipe open.
    private static func keepDescriptorsToOurselves() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: "/dev/fd") {
            // One of them is the listing's own and closed by now, which is as good.
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    private static func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
