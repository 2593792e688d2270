import Glibc
import Synchronization

/// A process that the laboratory started, and so may signal and must end.
final class Child: Sendable {
    let name: String
    let pid: pid_t
    /// How the process ended, once it has been reaped: the exit code, or 128 and the signal.
    private let code = Mutex<Int32?>(nil)

    /// Starts `arguments[0]`; its output goes to the file `log`, and its input comes from `input` or is empty.
    init(_ name: String, _ arguments: [String], environment: [String: String] = [:], log: String, input: Int32? = nil) throws {
        self.name = name
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let variables = environment.merging(["PATH": path]) { own, _ in own }
        var child: pid_t = 0
        let result = Self.withStrings(arguments) { argv in
            Self.withStrings(variables.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawnp(&child, arguments[0], &actions, &attributes, argv, environment)
            }
        }
        guard result == 0 else { throw LaboratoryError("\(arguments[0]) cannot be started: errno \(result).") }
        pid = child
    }

    /// How it ended; nil while it lives.
    var exitCode: Int32? {
        code.withLock { code in
            if code != nil { return code }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
            return code
        }
    }

    /// Sends a signal, unless it has ended: then the number may be another's already.
    func signal(_ signal: Int32) {
        guard exitCode == nil else { return }
        kill(pid, signal)
    }

    /// Waits for its end; nil when it still lives after `time`.
    func end(within time: Duration) async throws -> Int32? {
        let deadline = ContinuousClock.now + time
        while ContinuousClock.now < deadline {
            if let exitCode { return exitCode }
            try await Task.sleep(for: .milliseconds(5))
        }
        return exitCode
    }

    /// Kills it and waits until it is gone. Does not heed cancellation: nothing may be left behind.
    func destroy() {
        signal(SIGKILL)
        while exitCode == nil { usleep(2000) }
    }

    private static func withStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
