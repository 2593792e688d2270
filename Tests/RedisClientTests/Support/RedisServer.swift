import Glibc
import Synchronization

@testable import RedisClient

/// A redis-server of one test, on a unix socket in a directory of its own. Ends by SIGKILL, as a crash would.
final class RedisServer: Sendable {
    struct SpawnFailure: Error {
        let reason: String
    }

    let directory: String
    private let options: [String]
    private let pid: Mutex<pid_t>

    init(_ options: [String] = [], directory: String? = nil) throws {
        self.directory = try directory ?? Self.makeDirectory()
        self.options =
            [
                "--port", "0", "--unixsocket", "\(self.directory)/redis.sock", "--dir", self.directory, "--save", "",
                "--appendonly", "no", "--daemonize", "no", "--logfile", "\(self.directory)/redis.log",
            ] + options
        pid = Mutex(try spawn(["redis-server"] + self.options))
    }

    deinit {
        kill()
        Self.remove(directory)
    }

    static func remove(_ directory: String) {
        // Nothing depends on it; what stays behind is a few files in /tmp.
        try? run("rm", "-rf", directory)
    }

    static func makeDirectory() throws -> String {
        var template = Array("/tmp/redis-client-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw SpawnFailure(reason: "mkdtemp failed with errno \(errno)") }
        return String(cString: made)
    }

    var socket: String { "\(directory)/redis.sock" }

    /// The time limit is out of reach: no test may depend on how fast this machine is.
    var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(endpoint: .unix(path: socket))
        configuration.commandTimeout = .seconds(60)
        configuration.connectTimeout = .seconds(60)
        return configuration
    }

    func kill() {
        pid.withLock { pid in
            guard pid > 0 else { return }
            _ = Glibc.kill(pid, SIGKILL)
            _ = waitpid(pid, nil, 0)
            pid = 0
        }
    }

    /// Starts the server anew, with an empty data set.
    func start() throws {
        kill()
        try pid.withLock { $0 = try spawn(["redis-server"] + options) }
    }

    /// Stops the process without ending it: connections stay, nothing answers.
    func freeze() {
        pid.withLock { _ = Glibc.kill($0, SIGSTOP) }
    }

    func thaw() {
        pid.withLock { _ = Glibc.kill($0, SIGCONT) }
    }
}

/// Starts a program by its name, without standard input and output.
func spawn(_ words: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    let result = posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
    guard result == 0 else { throw RedisServer.SpawnFailure(reason: "\(words[0]) does not start: errno \(result)") }
    return pid
}

/// Runs a program to its end.
func run(_ words: String...) throws {
    let pid = try spawn(words)
    var status: Int32 = 0
    guard waitpid(pid, &status, 0) == pid, status == 0 else {
        throw RedisServer.SpawnFailure(reason: "\(words.joined(separator: " ")) ended with status \(status)")
    }
}
