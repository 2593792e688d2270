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
        let output = try Self.output(of: "redis-benchmark", options + command)
        // The last line is "<command>","<requests a second>", and six latencies; the command has quotes of its own.
        let fields = output.split(whereSeparator: \.isNewline).last?.split(separator: "\",\"") ?? []
        guard fields.count >= 8, let rate = Double(fields[fields.count - 7]) else {
            throw Wrong("redis-benchmark answered something unknown: \(output.suffix(300))")
        }
        return rate
    }

    private static func output(of program: String, _ arguments: [String]) throws -> String {
        try Tool.output(of: program, arguments: arguments, advice: "On Debian \(program) is in the package redis-tools.")
    }
}
