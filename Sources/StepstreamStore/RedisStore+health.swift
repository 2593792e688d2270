import RedisClient
public import Stepstream

extension RedisStore {
    /// See `OperationStore`.
    public func health() async -> StoreHealth {
        do throws(StoreError) {
            let info = ServerInfo(try await send(RedisCommand("INFO"), doing: "reading Redis's state").string ?? "")
            let fsync = await appendFsync()
            return StoreHealth(findings: info.findings(appendFsync: fsync), queues: try await queueStates())
        } catch {
            let words = "Redis does not answer as it must (\(error)). Operations are neither accepted nor worked on until it does."
            return StoreHealth(findings: [.init("connection", .failure, words)])
        }
    }

    /// Nil where CONFIG is not permitted.
    private func appendFsync() async -> String? {
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

/// What INFO tells.
struct ServerInfo {
    private var values: [String: String] = [:]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
    }

    func findings(appendFsync: String?) -> [StoreHealth.Finding] {
        [connection, role, policy, persistence(appendFsync), lastWrite, memory].compactMap(\.self)
    }

    private var connection: StoreHealth.Finding {
        .init("connection", .ok, "Redis \(values["redis_version"] ?? "of unknown version") answers.")
    }

    private var role: StoreHealth.Finding? {
        guard values["role"] == "slave" else { return nil }
        return .init("role", .failure, "This Redis is a replica and refuses writes. Point redis.url at the primary.")
    }

    private var policy: StoreHealth.Finding {
        let policy = values["maxmemory_policy"] ?? "unknown"
        if policy == "noeviction" { return .init("maxmemory-policy", .ok, "maxmemory-policy is noeviction: nothing is evicted.") }
        return .init(
            "maxmemory-policy",
            .failure,
            "maxmemory-policy is \(policy): Redis may delete operations and whole queues to make room. Set `maxmemory-policy noeviction`."
        )
    }

    private func persistence(_ appendFsync: String?) -> StoreHealth.Finding {
        guard values["aof_enabled"] == "1" else {
            return .init(
                "persistence",
                .warning,
                "The append-only file is off: what was accepted since the last snapshot is lost when Redis stops. Set `appendonly yes`."
            )
        }
        switch appendFsync {
        case "always"?: return .init("persistence", .ok, "Append-only file, fsync before every answer.")
        case "no"?:
            return .init(
                "persistence",
                .warning,
                "Append-only file, but fsync is left to the system (appendfsync no). Set `appendfsync everysec`."
            )
        case .some, nil:
            return .init("persistence", .ok, "Append-only file, fsync every second: a crash of the machine may lose the last seconds.")
        }
    }

    private var lastWrite: StoreHealth.Finding? {
        guard values["aof_last_write_status"] == "err" || values["rdb_last_bgsave_status"] == "err" else { return nil }
        return .init("disk", .failure, "Redis could not write to its disk and refuses writes (MISCONF). Free space, then look at its log.")
    }

    private var memory: StoreHealth.Finding {
        let used = values["used_memory_human"] ?? "unknown"
        guard let limit = values["maxmemory"].flatMap({ Int($0) }), limit > 0, let bytes = values["used_memory"].flatMap({ Int($0) }) else {
            return .init("memory", .ok, "\(used) used, no limit set.")
        }
        let share = bytes * 100 / limit
        let words = "\(used) used, \(share) % of maxmemory."
        if share >= 100 { return .init("memory", .failure, words + " Redis refuses new operations until some have expired.") }
        return .init("memory", share >= 90 ? .warning : .ok, words)
    }
}
