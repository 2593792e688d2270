import Stepstream

/// What INFO answers.
struct ServerInfo {
    private var values: [String: String] = [:]

    init(_ text: String) {
        // By bytes: it is read every second, and by characters one reading took up to 840 thousand instructions (callgrind).
        for line in text.utf8.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            values[String(Substring(line[..<colon]))] = String(Substring(line[line.index(after: colon)...]))
        }
    }

    subscript(_ name: String) -> String? { values[name] }

    /// How much of `maxmemory` is used; nil without a limit.
    var memoryShare: Double? {
        guard let limit = values["maxmemory"].flatMap(Double.init), limit > 0, let used = values["used_memory"].flatMap(Double.init) else {
            return nil
        }
        return used / limit
    }

    /// By what rule Redis deletes keys when memory is full; nil when it does not, or has no limit.
    var evictionPolicy: String? {
        guard let policy = values["maxmemory_policy"], policy != "noeviction", (values["maxmemory"].flatMap { Int($0) } ?? 0) > 0 else {
            return nil
        }
        return policy
    }

    func findings(appendFsync: String?, highWater: Double) -> [StoreHealth.Finding] {
        [connection, role, policy, persistence(appendFsync), lastWrite, replicas, memory(highWater)].compactMap(\.self)
    }

    /// Whether what is configured is kept.
    func durability(_ level: Durability.Level, required: Durability) -> StoreHealth.Finding {
        if level < required.level {
            let setting = required.level == .fsync ? "appendfsync always" : "appendonly yes"
            let words = "store.durability is \(required), and Redis keeps what it accepts at \(level.name) only: submissions are refused."
            return .init(.durability, .failure, words + " Set `\(setting)` in Redis, or a lower store.durability.")
        }
        let connected = values["connected_slaves"].flatMap { Int($0) } ?? 0
        if connected < required.replicas {
            let words =
                "store.durability is \(required), and \(connected) replicas are connected: submissions are refused until there are enough."
            return .init(.durability, .failure, words)
        }
        return .init(
            .durability,
            .ok,
            "Accepted operations are stored with durability \(Durability(level, replicas: required.replicas)); required is \(required)."
        )
    }

    /// `min-replicas-to-write` is set, and there are too few.
    private var replicas: StoreHealth.Finding? {
        guard let good = values["min_slaves_good_slaves"].flatMap({ Int($0) }), values["role"] == "master" else { return nil }
        return .init(.replicas, .ok, "min-replicas-to-write is set; \(good) replicas are near enough.")
    }

    private var connection: StoreHealth.Finding {
        .init(.connection, .ok, "Redis \(values["redis_version"] ?? "of unknown version") answers.")
    }

    private var role: StoreHealth.Finding? {
        guard values["role"] == "slave" else { return nil }
        return .init(.role, .failure, "This Redis is a replica and refuses writes. Point redis.url at the primary.")
    }

    private var policy: StoreHealth.Finding {
        let policy = values["maxmemory_policy"] ?? "unknown"
        if policy == "noeviction" { return .init(.maxmemoryPolicy, .ok, "maxmemory-policy is noeviction: nothing is evicted.") }
        return .init(
            .maxmemoryPolicy,
            .failure,
            "maxmemory-policy is \(policy): Redis may delete operations and whole queues to make room. Set `maxmemory-policy noeviction`."
        )
    }

    private func persistence(_ appendFsync: String?) -> StoreHealth.Finding {
        guard values["aof_enabled"] == "1" else {
            return .init(
                .persistence,
                .warning,
                "The append-only file is off: operations accepted since the last snapshot are lost when Redis stops. Set `appendonly yes`."
            )
        }
        switch appendFsync {
        case "always"?: return .init(.persistence, .ok, "Append-only file, fsync before every answer.")
        case "no"?:
            return .init(
                .persistence,
                .warning,
                "Append-only file, but fsync is left to the system (appendfsync no). Set `appendfsync everysec`."
            )
        case .some, nil:
            return .init(.persistence, .ok, "Append-only file, fsync every second: a crash of the machine may lose the last seconds.")
        }
    }

    private var lastWrite: StoreHealth.Finding? {
        guard values["aof_last_write_status"] == "err" || values["rdb_last_bgsave_status"] == "err" else { return nil }
        return .init(.disk, .failure, "Redis could not write to its disk and refuses writes (MISCONF). Free space, then look at its log.")
    }

    private func memory(_ highWater: Double) -> StoreHealth.Finding {
        let used = values["used_memory_human"] ?? "unknown"
        guard let share = memoryShare else { return .init(.memory, .ok, "\(used) used, no limit set.") }
        let words = "\(used) used, \(Int(share * 100)) % of maxmemory."
        if share >= 1 { return .init(.memory, .failure, words + " Redis refuses writes until some operations have expired.") }
        if share >= highWater {
            return .init(
                .memory,
                .failure,
                words + " From \(Int(highWater * 100)) % on no operation is accepted (store.memoryHighWater); what was accepted goes on."
            )
        }
        return .init(.memory, share >= highWater * 0.9 ? .warning : .ok, words)
    }
}
