extension RedisClient {
    /// Sends one command and returns its reply.
    ///
    /// - Throws: the error Redis replied, or why there is no reply. ``RedisError/errorClass`` says whether the command may have
    ///   been applied. Cancelling the task ends the wait at once.
    package func send(_ command: RedisCommand) async throws(RedisError) -> RedisReply {
        try CommandRule.check(command)
        return try await reply(of: command)
    }

    /// Sends all commands in one write and returns their replies in the same order.
    ///
    /// Error replies stay in the array, as replies of kind ``RedisReply/Kind/error``: one command's failure says nothing about
    /// the others, which were applied or not on their own.
    package func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        if commands.isEmpty { return [] }
        for command in commands { try CommandRule.check(command) }
        return try await replies(of: commands)
    }

    /// Runs `script`, and loads it first where Redis does not have it (after a restart, a failover, `SCRIPT FLUSH`).
    ///
    /// - Throws: as ``send(_:)-(RedisCommand)``. An error whose class is ``RedisErrorClass/indeterminate`` is not retried here.
    package func evaluate(
        _ script: RedisScript,
        keys: RedisArguments = [],
        arguments: RedisArguments = []
    ) async throws(RedisError) -> RedisReply {
        let command = script.command(keys: keys, arguments: arguments)
        do throws(RedisError) {
            return try await reply(of: command)
        } catch  where error.code == .noScript {
            return try await load(script, then: command)
        }
    }

    /// Both in one write, so that no flush of the cache comes between them.
    private func load(_ script: RedisScript, then command: RedisCommand) async throws(RedisError) -> RedisReply {
        let replies = try await replies(of: [script.loadCommand, command])
        if let error = replies[0].error { throw error }
        guard replies[0].string == script.sha else {
            throw RedisError(
                .unexpectedReply,
                "Redis stored the script \(script.name) under another hash than that of its source",
                class: .notApplied
            )
        }
        if let error = replies[1].error { throw error }
        return replies[1]
    }

    private func reply(of command: RedisCommand) async throws(RedisError) -> RedisReply {
        switch await link.perform(.command(command)) {
        case .reply(let reply):
            if let error = reply.error { throw error }
            return reply
        case .failed(let error):
            throw error
        case .replies:
            throw Self.mixedUp()
        }
    }

    private func replies(of commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        switch await link.perform(.pipeline(commands)) {
        case .replies(let replies) where replies.count == commands.count: return replies
        case .failed(let error): throw error
        case .reply, .replies: throw Self.mixedUp()
        }
    }

    private static func mixedUp() -> RedisError {
        RedisError(.unexpectedReply, "the call got another number of replies than it has commands", class: .indeterminate)
    }
}
