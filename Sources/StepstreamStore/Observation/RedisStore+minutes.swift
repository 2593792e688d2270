import RedisClient
package import Stepstream

/// Counts are kept twice: by the minute for some hours, and by the quarter of an hour for a day, so that a day is few keys.
private enum CountSpan: CaseIterable {
    case minute, quarter

    var minutes: Int {
        switch self {
        case .minute: 1
        case .quarter: 15
        }
    }

    /// How long the counts of one span are kept, in ms.
    var life: Int {
        switch self {
        case .minute: 3 * 3_600_000
        case .quarter: 25 * 3_600_000
        }
    }

    /// The span that a question for the last `minutes` is answered by.
    static func answering(_ minutes: Int) -> CountSpan { minutes <= 120 ? .minute : .quarter }
}

extension RedisStore: CountStore {
    /// See `CountStore`.
    package func add(_ counts: OperationCounts) async throws(StoreError) {
        let fields = CountFields.encode(counts)
        guard !fields.isEmpty else { return }
        let now = try await minute()
        var commands: [RedisCommand] = []
        for span in CountSpan.allCases {
            let key = keys.counts(span.minutes, from: now / span.minutes * span.minutes)
            commands += fields.map { RedisCommand("HINCRBY", key, $0.0, String($0.1)) }
            commands.append(RedisCommand("PEXPIRE", key, String(span.life)))
        }
        _ = try await sendAll(commands, doing: "adding up counts")
    }

    /// See `CountStore`. Beyond two hours each is a quarter of an hour.
    package func counts(ofLast minutes: Int) async throws(StoreError) -> [MinuteCounts] {
        let span = CountSpan.answering(minutes)
        let last = try await minute() / span.minutes * span.minutes
        let starts = stride(from: last - (minutes - 1) / span.minutes * span.minutes, through: last, by: span.minutes)
        let commands = starts.map { RedisCommand("HGETALL", keys.counts(span.minutes, from: $0)) }
        return zip(starts, try await send(commands, doing: "reading counts")).compactMap { start, reply in
            reply.count == 0 ? nil : MinuteCounts(minute: start, counts: CountFields.decode(reply))
        }
    }

    /// The present minute since 1970, by Redis's clock.
    private func minute() async throws(StoreError) -> Int { Int(try await time().count / 60_000) }
}

/// The fields of a hash of counts: the name of what was counted, `duration:<bound>` and `wait:<bound>` in ms, `inf` for what took longer.
enum CountFields {
    private static let durations = "duration:"
    private static let waits = "wait:"
    private static let names = OperationCounts.bounds.map { String($0) } + ["inf"]

    static func encode(_ counts: OperationCounts) -> [(String, Int)] {
        var fields = counts.counts.map { ($0.key.rawValue, $0.value) }
        fields += zip(names, counts.durations).map { (durations + $0, $1) }
        fields += zip(names, counts.waits).map { (waits + $0, $1) }
        return fields.filter { $0.1 > 0 }
    }

    static func decode(_ reply: RedisReply) -> OperationCounts {
        let fields = reply.pairs.compactMapValues { $0.string.flatMap { Int($0) } }
        var counts = OperationCounts()
        for kind in OperationCounts.Kind.allCases { counts.counts[kind] = fields[kind.rawValue] }
        for (index, name) in names.enumerated() {
            counts.durations[index] = fields[durations + name] ?? 0
            counts.waits[index] = fields[waits + name] ?? 0
        }
        return counts
    }
}
