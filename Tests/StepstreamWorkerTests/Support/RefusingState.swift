import FoundationEssentials
import RedisClient
import StepstreamTesting
import Testing

/// A state in which a real Redis refuses, brought about and ended over a connection of its own.
enum RefusingState: String, CaseIterable, Sendable {
    case outOfMemory, readOnly, noReplicas, misconfigured, busy, tooManyClients, noGroup, scriptsFlushed

    /// What a submission gets meanwhile; nil: it is accepted.
    var refusal: StoreErrorCodes? {
        switch self {
        case .outOfMemory, .readOnly, .noReplicas, .misconfigured: .refused
        case .busy, .tooManyClients: .unavailable
        case .noGroup, .scriptsFlushed: nil
        }
    }

    enum StoreErrorCodes: String { case refused, unavailable }

    /// Whether work that runs can be ended meanwhile.
    var letsWorkEnd: Bool { self == .outOfMemory || refusal == nil }

    func begin(
        _ client: RedisClient,
        _ other: RedisClient,
        _ server: RedisServer,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws {
        switch self {
        case .outOfMemory: try await call(client, "CONFIG", "SET", "maxmemory", "1")
        case .readOnly: try await call(client, "REPLICAOF", "127.0.0.1", "1")
        case .noReplicas: try await call(client, "CONFIG", "SET", "min-replicas-to-write", "1")
        case .misconfigured:
            // What the snapshot is to be renamed to is there, and a folder.
            try FileManager.default.createDirectory(atPath: server.folder + "/dump.rdb", withIntermediateDirectories: false)
            try FileManager.default.createDirectory(atPath: server.folder + "/dump.rdb/x", withIntermediateDirectories: false)
            try await call(client, "CONFIG", "SET", "save", "3600 1")
            try await call(client, "BGSAVE")
            try await until(client) { $0.contains("rdb_last_bgsave_status:err") }
        case .busy:
            try await call(client, "CONFIG", "SET", "busy-reply-threshold", "10")
            group.addTask {
                // Ended by SCRIPT KILL, which is an error to it.
                do { try await call(other, "EVAL", "while true do end", "0") } catch is RedisError { return }
            }
            while true {
                do { try await call(client, "PING") } catch let error as RedisError where error.code.rawValue == "BUSY" { return }
            }
        case .tooManyClients:
            try await call(client, "CONFIG", "SET", "maxclients", "1")
            try await call(client, "CLIENT", "KILL", "TYPE", "normal")
        case .noGroup:
            for key in try await client.send(RedisCommand("KEYS", "*:queue:*")).compactMap(\.string) {
                try await call(client, "XGROUP", "DESTROY", key, "workers")
            }
        case .scriptsFlushed: try await call(client, "SCRIPT", "FLUSH")
        }
    }

    func end(_ client: RedisClient, _ server: RedisServer) async throws {
        switch self {
        case .outOfMemory: try await call(client, "CONFIG", "SET", "maxmemory", "0")
        case .readOnly: try await call(client, "REPLICAOF", "NO", "ONE")
        case .noReplicas: try await call(client, "CONFIG", "SET", "min-replicas-to-write", "0")
        case .misconfigured:
            try FileManager.default.removeItem(atPath: server.folder + "/dump.rdb")
            try await call(client, "BGSAVE")
            try await until(client) { $0.contains("rdb_last_bgsave_status:ok") }
        case .busy: try await call(client, "SCRIPT", "KILL")
        case .tooManyClients: try await call(client, "CONFIG", "SET", "maxclients", "1000")
        case .noGroup, .scriptsFlushed: break
        }
    }

    private func until(_ client: RedisClient, _ isSo: (String) -> Bool) async throws {
        while try await !isSo(client.send(RedisCommand("INFO", "persistence")).string ?? "") {}
    }
}

private func call(_ client: RedisClient, _ name: String, _ rest: String...) async throws {
    var arguments = RedisArguments()
    for text in rest { arguments.append(text) }
    let reply = try await client.send(RedisCommand(name, arguments))
    if let error = reply.error { throw error }
}
