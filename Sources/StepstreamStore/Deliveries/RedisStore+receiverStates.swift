import RedisClient
package import Stepstream

extension RedisStore {
    /// See `DeliveryStore`.
    package func receivers(limit: Int) async throws(StoreError) -> [ReceiverState] {
        var states: [String: ReceiverState] = [:]
        for partition in keys.all {
            let doing = "reading the receivers of webhooks"
            let listed = try await send(RedisCommand("ZRANGE", partition.receivers, "0", String(max(0, limit - 1))), doing: doing)
            let names = listed.compactMap(\.string)
            let commands = names.flatMap { name in
                [RedisCommand("ZCARD", partition.receiver(name)), RedisCommand("HGETALL", partition.receiverState(name))]
            }
            guard !commands.isEmpty else { continue }
            let replies = try await send(commands, doing: doing)
            for (index, name) in names.enumerated() {
                let fields = replies[2 * index + 1].pairs
                var state = states[name] ?? ReceiverState(name: name, pending: 0)
                state.pending += replies[2 * index].integer ?? 0
                state.failures = max(state.failures, fields["failures"]?.string.flatMap { Int($0) } ?? 0)
                let until = fields["until"]?.string.flatMap { Int64($0) }.map { Milliseconds($0) }
                state.pausedUntil = [state.pausedUntil, until].compactMap(\.self).max()
                state.isGone = state.isGone || fields["gone"] != nil
                states[name] = state
            }
        }
        return states.values.sorted { $0.name < $1.name }
    }
}
