import RedisClient
import Stepstream

extension RedisStore {
    /// The counters of the reconciler that count; `last` is a time.
    static let reconcilerCounters = ["examined", "republished", "timers", "removed", "stranded", "orphans"]

    /// What is held and counted, in one round trip.
    func counts() async throws(StoreError) -> StoreHealth.Counts {
        let commands = keys.all.flatMap { partition in
            [
                RedisCommand("ZCARD", partition.live), RedisCommand("ZCARD", partition.attention), RedisCommand("ZCARD", partition.timers),
                RedisCommand("HGETALL", partition.reconciler),
            ]
        }
        let replies = try await send(commands, doing: "reading the counters")
        var counts = StoreHealth.Counts()
        for start in stride(from: 0, to: replies.count, by: 4) {
            counts.live += replies[start].integer ?? 0
            counts.attention += replies[start + 1].integer ?? 0
            counts.timers += replies[start + 2].integer ?? 0
            let fields = replies[start + 3].pairs
            for name in Self.reconcilerCounters { counts.reconciler[name, default: 0] += fields[name]?.string.flatMap { Int($0) } ?? 0 }
        }
        return counts
    }
}
