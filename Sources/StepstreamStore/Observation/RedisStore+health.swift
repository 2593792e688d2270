import RedisClient
package import Stepstream

extension RedisStore {
    /// See `HealthStore`.
    package func health() async -> StoreHealth {
        do throws(StoreError) {
            let info = ServerInfo(try await send(RedisCommand("INFO"), doing: "reading Redis's state").string ?? "")
            let fsync = await appendFsync()
            let level = await level(info)
            if let connection = client.connection { knownLevel.note(level, of: connection) }
            var findings = info.findings(appendFsync: fsync, highWater: configuration.memoryHighWater)
            findings.append(info.durability(level, required: configuration.durability))
            let queues = try await queueStates()
            findings += queues.compactMap(\.stall)
            findings += try await receiverFindings()
            return StoreHealth(findings: findings, queues: queues, counts: try await counts())
        } catch {
            let words = "Redis does not answer as it must (\(error)). Operations are neither accepted nor worked on until it does."
            return StoreHealth(findings: [.init(.connection, .failure, words)])
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
        let paused = try await pausedQueues()
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
                    oldestWaiting: [known.oldestWaiting, state.oldestWaiting].compactMap(\.self).max(),
                    unmoved: [known.unmoved, state.unmoved].compactMap(\.self).min(),
                    consumers: Self.merged(known.consumers, state.consumers)
                )
            }
        }
        return states.values.sorted { $0.queue < $1.queue }.map { state in
            var state = state
            state.isPaused = paused.contains(state.queue)
            return state
        }
    }

    private func queueState(_ queue: Name, in partition: Keys.Partition) async throws(StoreError) -> StoreHealth.QueueState {
        let key = partition.queue(queue)
        let replies = try await send(
            [
                RedisCommand("XLEN", key), RedisCommand("XINFO", "GROUPS", key), RedisCommand("TIME"),
                RedisCommand("XINFO", "CONSUMERS", key, Keys.group),
            ],
            doing: "reading queue \(queue)"
        )
        let group = QueueGroup(replies[1])
        let consumers = QueueConsumer.all(replies[3])
        let waiting = try await send(
            RedisCommand("XRANGE", key, "(" + group.lastDelivered, "+", "COUNT", "1"),
            doing: "reading queue \(queue)"
        )
        var oldest: Milliseconds?
        if let time = StreamEntryDecoder.time(of: waiting[0]), replies[2].count == 2 {
            let now = Int64(replies[2][0].integer ?? 0) * 1000 + Int64(replies[2][1].integer ?? 0) / 1000
            oldest = Milliseconds(max(0, now - time.count))
        }
        return StoreHealth.QueueState(
            queue: queue,
            length: replies[0].integer ?? 0,
            pending: group.pending,
            oldestWaiting: oldest,
            // Since Redis 7.2 `idle` counts from the last try, and `inactive` from the last success, which is what `idle` was before.
            unmoved: consumers.compactMap(\.inactive).filter { $0 >= 0 }.min().map { Milliseconds(Int64($0)) },
            consumers: consumers.map { .init(name: $0.name, holds: $0.pending, idle: Milliseconds(Int64(max(0, $0.idle ?? 0)))) }
                .sorted { $0.name < $1.name }
        )
    }

    /// A worker reads a queue in every partition.
    private static func merged(
        _ left: [StoreHealth.ConsumerState],
        _ right: [StoreHealth.ConsumerState]
    ) -> [StoreHealth.ConsumerState] {
        var merged = Dictionary(left.map { ($0.name, $0) }) { first, _ in first }
        for consumer in right {
            guard let known = merged[consumer.name] else {
                merged[consumer.name] = consumer
                continue
            }
            merged[consumer.name] = .init(
                name: consumer.name,
                holds: known.holds + consumer.holds,
                idle: min(known.idle, consumer.idle)
            )
        }
        return merged.values.sorted { $0.name < $1.name }
    }
}

extension StoreHealth.QueueState {
    /// From when on a queue that nothing is taken from is spoken of.
    private static let patience = Milliseconds(30_000)

    /// That nothing is taken from it although something waits.
    fileprivate var stall: StoreHealth.Finding? {
        guard !isPaused, let oldestWaiting, oldestWaiting >= Self.patience, unmoved ?? oldestWaiting >= Self.patience else { return nil }
        let since = unmoved.map { "nothing was taken from it for \($0.count / 1000) s" } ?? "no worker has ever read it"
        let words =
            "In queue \(queue) messages have waited for up to \(oldestWaiting.count / 1000) s, and \(since). Start workers of this queue, or look at the logs of those there are."
        return .init(.queues, .warning, words)
    }
}
