import Logging
import NIOCore
import NIOPosix
import Synchronization

@testable import RedisClient

let silentLogger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Runs a client around `body` and cancels it afterwards.
func withClient<R: Sendable>(
    _ configuration: RedisConfiguration,
    _ body: (RedisClient) async throws -> R
) async throws -> R {
    let client = RedisClient(configuration, logger: silentLogger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        let result = try await body(client)
        group.cancelAll()
        return result
    }
}

/// The error `body` throws; nil if it throws none.
func redisError<R>(_ body: () async throws(RedisError) -> R) async -> RedisError? {
    do throws(RedisError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

extension RedisReply {
    /// The reply these bytes spell.
    init(_ text: String) throws {
        try self.init(parsing: ByteBuffer(string: text))
    }
}

/// Counts things that tasks do, and wakes who waits for a number of them.
final class Counter: Sendable {
    private struct State {
        var count = 0
        var waiting: [(goal: Int, continuation: UnsafeContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    func add() {
        let reached = state.withLock { state in
            state.count += 1
            let count = state.count
            let reached = state.waiting.filter { $0.goal <= count }
            if !reached.isEmpty { state.waiting.removeAll { $0.goal <= count } }
            return reached
        }
        for waiter in reached { waiter.continuation.resume() }
    }

    func reaches(_ goal: Int) async {
        await withUnsafeContinuation { continuation in
            let isReached = state.withLock { state in
                if state.count >= goal { return true }
                state.waiting.append((goal, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}
