/// The answer to INFO.
struct RedisInfo: Sendable {
    /// What one command, or a script called by it, has cost so far.
    struct Command: Sendable {
        var calls = 0
        /// Microseconds inside Redis, commands called by a script included.
        var microseconds = 0
        var failures = 0
    }

    private var fields: [Substring: Substring] = [:]
    private(set) var commands: [String: Command] = [:]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            if parts[0].hasPrefix("cmdstat_") {
                commands[String(parts[0].dropFirst("cmdstat_".count))] = Command(parts[1])
            } else {
                fields[parts[0]] = parts[1]
            }
        }
    }

    /// Microseconds of CPU, those of the threads that write the AOF included.
    var cpu: Double { 1e6 * (number("used_cpu_user") + number("used_cpu_sys")) }
    /// Bytes.
    var usedMemory: Double { number("used_memory") }
    var version: String { fields["redis_version"].map(String.init) ?? "unknown" }
    /// Commands so far, those that scripts called included; without INFO, which only asks.
    var calls: Int { commands.reduce(0) { $0 + ($1.key == "info" ? 0 : $1.value.calls) } }

    /// Microseconds within which 99 of 100 script calls were done; NaN where Redis does not say (before 7.0).
    var scriptTail: Double {
        let text = fields["latency_percentiles_usec_evalsha"] ?? ""
        let part = text.split(separator: ",").first { $0.hasPrefix("p99=") }
        return part.flatMap { Double($0.dropFirst(4)) } ?? .nan
    }

    private func number(_ name: Substring) -> Double { fields[name].flatMap { Double($0) } ?? 0 }
}

extension RedisInfo.Command {
    fileprivate init(_ text: Substring) {
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=")
            guard pair.count == 2, let number = Int(pair[1]) else { continue }
            switch pair[0] {
            case "calls": calls = number
            case "usec": microseconds = number
            case "failed_calls": failures = number
            default: continue
            }
        }
    }
}
