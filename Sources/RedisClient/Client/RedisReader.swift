import NIOCore
import Synchronization

/// A connection of its own for blocking reads; used by one task at a time. Connects when first needed, and again after a loss.
package final class RedisReader: Sendable {
    private struct State {
        var connection: RedisConnection?
        var isClosed = false
    }

    private let client: RedisClient
    private let state = Mutex(State())

    init(_ client: RedisClient) {
        self.client = client
    }

    /// Sends a command that blocks for up to `block` and waits for its reply. An error reply is returned, not thrown.
    ///
    /// When the task is canceled the connection is freed by CLIENT UNBLOCK, so that nothing is delivered to nobody.
    package func read(_ command: RedisCommand, block: Duration) async throws(RedisError) -> RedisReply {
        let connection = try await connection()
        let call = Call([command], deadline: .now() + TimeAmount(block + .seconds(2)))
        let result = await withTaskCancellationHandler {
            await call.repliesUncancelled { connection.write([$0]) }
        } onCancel: {
            // Waited for through the read's own reply, which comes at once when this succeeds.
            Task { await unblock(connection) }
        }
        switch result {
        case .success(let replies):
            return replies[0]
        case .failure(let error):
            // Whatever went wrong, a late reply must not meet the next call: this connection is done.
            drop(connection)
            throw error
        }
    }

    /// Ends the connection; a waiting read throws.
    package func close() async {
        let connection = state.withLock { state in
            state.isClosed = true
            defer { state.connection = nil }
            return state.connection
        }
        connection?.close()
        await connection?.closed()
    }

    private func connection() async throws(RedisError) -> RedisConnection {
        let (known, isClosed) = state.withLock { ($0.connection, $0.isClosed) }
        if isClosed { throw RedisError(.closed, "The reader has been closed.") }
        if let known, known.channel.isActive { return known }
        let fresh = try await RedisConnection.connect(client.configuration, on: client.group, statistics: client.statistics)
        client.statistics.connected()
        let isLate = state.withLock { state in
            if !state.isClosed { state.connection = fresh }
            return state.isClosed
        }
        if isLate {
            fresh.close()
            throw RedisError(.closed, "The reader has been closed.")
        }
        return fresh
    }

    private func unblock(_ connection: RedisConnection) async {
        do throws(RedisError) {
            let reply = try await client.send(RedisCommand("CLIENT", "UNBLOCK", String(connection.id)))
            if reply.error != nil { connection.close() }
        } catch {
            connection.close()
        }
    }

    private func drop(_ connection: RedisConnection) {
        state.withLock { state in
            if state.connection === connection { state.connection = nil }
        }
        connection.close()
    }
}
