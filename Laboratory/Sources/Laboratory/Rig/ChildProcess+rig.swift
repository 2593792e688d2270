import ChildProcesses

// A process that the laboratory started, and so may signal and must end.
extension ChildProcess {
    /// Starts `command[0]` in the group of the laboratory; its output goes to the file `log`, and its input comes from `input` or is
    /// empty.
    convenience init(_ command: [String], environment: [String: String] = [:], log: String, input: Int32? = nil) throws {
        let path = ChildCommand.inheritedEnvironment["PATH"] ?? "/usr/bin:/bin"
        let command = ChildCommand(
            command[0],
            arguments: Array(command.dropFirst()),
            environment: environment.merging(["PATH": path]) { own, _ in own },
            group: .shared,
            descriptors: [input.map { .descriptor($0) } ?? .null, .append(to: log), .same(as: 1)]
        )
        do {
            try self.init(command)
        } catch {
            throw LaboratoryError("A program cannot be started: \(error).")
        }
    }

    /// How it ended, the exit code, or 128 and the signal; nil while it lives.
    var exitCode: Int32? { end?.code }

    /// Waits for its end; nil when it still lives after `time`.
    func end(within time: Duration) async throws -> Int32? {
        let deadline = ContinuousClock.now + time
        while ContinuousClock.now < deadline {
            if let exitCode { return exitCode }
            try await Task.sleep(for: .milliseconds(5))
        }
        return exitCode
    }
}
