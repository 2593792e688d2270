import Glibc

/// redis-benchmark, the load generator that comes with Redis: plain C, no decisions, no decoding.
struct RedisBenchmark: Sendable {
    let socket: String
    /// How many times the command is sent.
    let requests: Int
    /// Placeholders become numbers below this, with leading zeros.
    let range: Int

    /// How often a second Redis answered `command`.
    func rate(of command: [String]) throws -> Double {
        let options = ["-s", socket, "-n", "\(requests)", "-r", "\(range)", "-c", "4", "-P", "2", "--csv"]
        let output = try Self.output(of: ["redis-benchmark"] + options + command)
        // The last line is "<command>","<requests a second>", and six latencies; the command has quotes of its own.
        let fields = output.split(whereSeparator: \.isNewline).last?.split(separator: "\",\"") ?? []
        guard fields.count >= 8, let rate = Double(fields[fields.count - 7]) else {
            throw Wrong("redis-benchmark answered something unknown: \(output.suffix(300))")
        }
        return rate
    }

    private static func output(of command: [String]) throws -> String {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Wrong("A pipe cannot be made.") }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        var process = pid_t()
        let arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawnp(&process, command[0], &actions, nil, arguments, environ)
        close(ends[1])
        guard result == 0 else { throw Wrong("\(command[0]) cannot be started; on Debian it is in the package redis-tools.") }
        let text = read(ends[0])
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        guard status == 0 else { throw Wrong("\(command[0]) ended with status \(status): \(text.suffix(300))") }
        return text
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count > 0 { bytes += chunk[..<count] }
            if count == 0 || count < 0 && errno != EINTR { return String(decoding: bytes, as: UTF8.self) }
        }
    }
}
