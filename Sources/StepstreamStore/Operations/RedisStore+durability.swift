import RedisClient
public import Stepstream
import Synchronization

/// How the server of a connection keeps what it has answered; asked once a connection.
final class KnownLevel: Sendable {
    private let known = Mutex<(connection: ContinuousClock.Instant, level: Durability.Level)?>(nil)

    func level(of connection: ContinuousClock.Instant) -> Durability.Level? {
        known.withLock { known in known.flatMap { $0.connection == connection ? $0.level : nil } }
    }

    func note(_ level: Durability.Level, of connection: ContinuousClock.Instant) {
        known.withLock { $0 = (connection, level) }
    }
}

extension RedisStore {
    /// See `SubmissionStore`.
    public func durability() async throws(StoreError) -> Durability {
        Durability(try await serverLevel(), replicas: configuration.durability.replicas)
    }

    /// What `submission` is to survive: what is configured, or what it asks for where that is stricter.
    func required(for submission: Submission) -> Durability {
        submission.durability.map(configuration.durability.joined) ?? configuration.durability
    }

    /// Refuses what could only be kept below `required`.
    func check(_ required: Durability) async throws(StoreError) {
        guard required.level > .memory else { return }
        let level = try await serverLevel()
        guard level < required.level else { return }
        throw StoreError(
            .belowDurability,
            "Durability \(required.level.name) is required, but the store currently provides \(level.name). Nothing was accepted."
        )
    }

    /// Whether the answer came from the very server that was checked is known only after it: a restart in between may have changed it.
    func confirm(_ required: Durability, of connection: ContinuousClock.Instant?) async throws(StoreError) {
        guard required.level > .memory, client.connection != connection else { return }
        let level = try await serverLevel()
        guard level < required.level else { return }
        throw StoreError(.indeterminate, "The store was restarted with durability \(level.name) during the call; \(required) is required.")
    }

    private func serverLevel() async throws(StoreError) -> Durability.Level {
        if let connection = client.connection, let level = knownLevel.level(of: connection) { return level }
        let level = try await readServerLevel()
        if let connection = client.connection { knownLevel.note(level, of: connection) }
        return level
    }

    /// As `INFO` and `CONFIG` show it now. Where CONFIG is not permitted no fsync is known of, so none is promised.
    func readServerLevel() async throws(StoreError) -> Durability.Level {
        let info = ServerInfo(try await send(RedisCommand("INFO", "persistence"), doing: "reading Redis's durability").string ?? "")
        return await level(info)
    }

    func level(_ info: ServerInfo) async -> Durability.Level {
        guard info["aof_enabled"] == "1" else { return .memory }
        return await appendFsync() == "always" ? .fsync : .aof
    }
}

extension RedisClient {
    /// When the present connection was made, which distinguishes it from others.
    var connection: ContinuousClock.Instant? {
        if case .connected(let since) = state { since } else { nil }
    }
}
