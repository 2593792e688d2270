import ChildProcesses
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
    private let process: Mutex<ChildProcess>

    init(_ options: [String] = [], directory: String? = nil) throws {
        self.directory = try directory ?? Self.makeDirectory()
        self.options =
            [
                "--port", "0", "--unixsocket", "\(self.directory)/redis.sock", "--dir", self.directory, "--save", "",
                "--appendonly", "no", "--daemonize", "no", "--logfile", "\(self.directory)/redis.log",
            ] + options
        process = Mutex(try Self.start(self.options))
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
        process.withLock { $0.destroy() }
    }

    /// Starts the server anew, with an empty data set.
    func start() throws {
        kill()
        try process.withLock { $0 = try Self.start(options) }
    }

    private static func start(_ options: [String]) throws -> ChildProcess { try ChildProcess(command("redis-server", options)) }

    /// Stops the process without ending it: connections stay, nothing answers.
    func freeze() {
        process.withLock { $0.send(SIGSTOP) }
    }

    func thaw() {
        process.withLock { $0.send(SIGCONT) }
    }
}

/// A program by its name, without standard input and output.
private func command(_ program: String, _ arguments: [String]) -> ChildCommand {
    ChildCommand(program, arguments: arguments, environment: ChildCommand.inheritedEnvironment, group: .shared)
}

/// Runs a program to its end.
func run(_ program: String, _ arguments: String...) throws {
    let end = try command(program, arguments).start().reap()
    guard end == .exited(0) else {
        throw RedisServer.SpawnFailure(reason: "\(program) \(arguments.joined(separator: " ")) ended with \(end)")
    }
}
