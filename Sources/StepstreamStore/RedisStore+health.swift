import RedisClient
public import Stepstream

extension RedisStore {
    /// See `OperationStore`.
    public func health() async -> StoreHealth {
        do throws(StoreError) {
            let info = ServerInfo(try await send(RedisCommand("INFO"), doing: "reading Redis's state").string ?? "")
            let fsync = await appendFsync()
            let level = await level(info)
            if let connection = client.connection { knownLevel.note(level, of: connection) }
            var findings = info.findings(appendFsync: fsync, highWater: configuration.memoryHighWater)
            findings.append(info.durability(level, required: configuration.durability))
            return StoreHealth(findings: findings, queues: try await queueStates())
        } catch {
            let words = "Redis does not answer as it must (\(error)). Operations are neither accepted nor worked on until it does."
            return StoreHealth(findings: [.init("connection", .failure, words)])
        }
    }

    /// Nil where CONFIG is not permitted.
    func appendFsync() async -> String? {
        do throws(StoreError) {
            return try await send(RedisCommand("CONFIG", "GET", "appendfsync"), doing: "reading appendfsync").pairs["appendfsync"]?.string
        } catch {
            return nil
        }
    }

    private func queueStates() async throws(StoreError) -> [StoreHealth.QueueState] {
        var states: [Name: StoreHealth.QueueState] = [:]
        for partition in keys.all {
            for queue in try await knownQueues(in: partition) {
                let state = try await queueState(queue, in: partition)
                guard let known = states[queue] else {
                    states[queue] = state
                    continue
                }
                states[queue] = StoreHealth.QueueState(
                    queue: queue,
                    length: known.length + state.length,
                    pending: known.pending + state.pending,
                    oldestWaiting: [known.oldestWaiting, state.oldestWaiting].compactMap(\.self).max()
                )
            }
        }
        return states.values.sorted { $0.queue < $1.queue }
    }

    private func queueState(_ queue: Name, in partition: Keys.Partition) async throws(StoreError) -> StoreHealth.QueueState {
        let key = partition.queue(queue)
        let replies = try await send(
            [RedisCommand("XLEN", key), RedisCommand("XINFO", "GROUPS", key), RedisCommand("TIME")],
            doing: "reading queue \(queue)"
        )
        let group = replies[1].map { $0.pairs }.first { $0["name"]?.string == Keys.group }
        let delivered = group?["last-delivered-id"]?.string ?? "0-0"
        let waiting = try await send(
            RedisCommand("XRANGE", key, "(" + delivered, "+", "COUNT", "1"),
            doing: "reading queue \(queue)"
        )
        var oldest: Milliseconds?
        if let id = waiting[0][0].string, let time = id.split(separator: "-").first.flatMap({ Int64($0) }), replies[2].count == 2 {
            let now = Int64(replies[2][0].integer ?? 0) * 1000 + Int64(replies[2][1].integer ?? 0) / 1000
            oldest = Milliseconds(max(0, now - time))
        }
        return StoreHealth.QueueState(
            queue: queue,
            length: replies[0].integer ?? 0,
            pending: group?["pending"]?.integer ?? 0,
            oldestWaiting: oldest
        )
    }
}
