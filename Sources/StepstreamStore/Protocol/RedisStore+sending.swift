import RedisClient
import Stepstream

extension RedisStore {
    /// The answer to `command`.
    ///
    /// - Throws: what went wrong on the way, or the error that Redis answered.
    func send(_ command: RedisCommand, doing what: String) async throws(StoreError) -> RedisReply {
        do throws(RedisError) {
            let reply = try await client.send(command)
            if let error = reply.error { throw error }
            return reply
        } catch {
            throw StoreError(error, doing: what)
        }
    }

    /// The answers to commands none of which may fail.
    ///
    /// - Throws: what went wrong on the way, or the first error that Redis answered.
    func sendAll(_ commands: [RedisCommand], doing what: String) async throws(StoreError) -> [RedisReply] {
        let replies = try await send(commands, doing: what)
        for case let error? in replies.lazy.map(\.error) { throw StoreError(error, doing: what) }
        return replies
    }

    /// The answers to `commands`, errors among them.
    ///
    /// - Throws: what went wrong on the way.
    func send(_ commands: [RedisCommand], doing what: String) async throws(StoreError) -> [RedisReply] {
        do throws(RedisError) {
            return try await client.send(commands)
        } catch {
            throw StoreError(error, doing: what)
        }
    }

    /// The time by the clock of Redis, to the second.
    func time() async throws(StoreError) -> Milliseconds {
        let reply = try await send(RedisCommand("TIME"), doing: "reading Redis's clock")
        guard let seconds = reply[0].integer else { throw StoreError(.corrupt, "TIME answered something unknown.") }
        return Milliseconds(Int64(seconds) * 1000)
    }

    func evaluate(_ script: RedisScript, keys: KeyList, arguments: ScriptArguments) async throws(StoreError) -> RedisReply {
        try await client.run(script, keys: keys, arguments: arguments)
    }
}

extension RedisClient {
    func run(_ script: RedisScript, keys: KeyList, arguments: ScriptArguments) async throws(StoreError) -> RedisReply {
        do throws(RedisError) {
            let reply = try await evaluate(script, keys: keys.arguments, arguments: arguments.all)
            if let error = reply.error { throw error }
            return reply
        } catch {
            throw StoreError(error, doing: script.name)
        }
    }
}
