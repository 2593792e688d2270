import Testing

@testable import RedisClient

@Suite("Blocking reads", .timeLimit(.minutes(2)))
struct RedisReaderTests {
    static let read = RedisCommand("XREADGROUP", "GROUP", "workers", "one", "COUNT", 10, "BLOCK", 30_000, "STREAMS", "s", ">")

    /// Waits until this number of the server's clients sits in a blocking command.
    private func untilBlocked(_ client: RedisClient, count: Int = 1) async throws {
        while true {
            let info = try await client.send(RedisCommand("INFO", "clients")).string ?? ""
            if info.split(whereSeparator: \.isNewline).contains("blocked_clients:\(count)") { return }
        }
    }

    private func withGroup(_ options: [String] = [], _ body: (RedisServer, RedisClient, RedisReader) async throws -> Void) async throws {
        let server = try RedisServer(options)
        try await withClient(server.configuration) { client in
            _ = try await client.send(RedisCommand("XGROUP", "CREATE", "s", "workers", "0", "MKSTREAM"))
            let reader = client.makeReader()
            defer { reader.close() }
            try await body(server, client, reader)
        }
    }

    @Test("what a reader sends and gets is counted with the client's, its connection is not")
    func counted() async throws {
        let server = try RedisServer()
        try await withClient(server.configuration) { client in
            let stream = "counted"
            _ = try await client.send(RedisCommand("XADD", stream, "*", "field", String(repeating: "x", count: 1000)))
            let reader = client.makeReader()
            let before = client.statistics
            _ = try await reader.read(RedisCommand("XREAD", "STREAMS", stream, "0"), block: .zero)
            let after = client.statistics
            #expect(after.commands > before.commands && after.writes > before.writes && after.bytesOut > before.bytesOut)
            #expect(after.bytesIn >= before.bytesIn + 1000)
            #expect(after.reconnects == before.reconnects)
            await reader.shutDown()
        }
    }

    @Test("a read waits for the entry that comes, and others' commands go on meanwhile")
    func pickUp() async throws {
        try await withGroup { _, client, reader in
            for round in 0..<3 {
                async let found = reader.read(Self.read, block: .seconds(30))
                try await untilBlocked(client)
                _ = try await client.send(RedisCommand("XADD", "s", "*", "round", round))
                let reply = try await found
                #expect(reply[0][0].string == "s")
                #expect(reply[0][1][0][1].map { $0.string } == ["round", "\(round)"])
            }
        }
    }

    @Test("a cancelled read ends promptly, and the same connection reads on", arguments: [3])
    func cancelled(rounds: Int) async throws {
        try await withGroup { _, client, reader in
            for round in 0..<rounds {
                let reading = Task { try await reader.read(Self.read, block: .seconds(30)) }  // Awaited below.
                try await untilBlocked(client)
                let number = try await client.send(RedisCommand("CLIENT", "LIST")).string?.split(separator: "\n").count
                reading.cancel()
                let result = await reading.result
                #expect(throws: RedisError.self) { try result.get() }
                #expect(number == 2)
                _ = try await client.send(RedisCommand("XADD", "s", "*", "round", round))
                let reply = try await reader.read(Self.read, block: .seconds(30))
                #expect(reply[0][1].count == 1)
                // The reader's connection has the same number as before: it was freed, not replaced.
                let list = try await client.send(RedisCommand("CLIENT", "LIST")).string ?? ""
                #expect(list.contains("id=4 "))
            }
        }
    }

    @Test("without the right to unblock, the connection of a cancelled read is closed, and the next read makes another")
    func withoutUnblock() async throws {
        let server = try RedisServer(["--user", "default", "on", "nopass", "~*", "&*", "+@all", "-client|unblock"])
        try await withClient(server.configuration) { client in
            _ = try await client.send(RedisCommand("XGROUP", "CREATE", "s", "workers", "0", "MKSTREAM"))
            let reader = client.makeReader()
            defer { reader.close() }
            let reading = Task { try await reader.read(Self.read, block: .seconds(30)) }  // Awaited below.
            try await untilBlocked(client)
            reading.cancel()
            let result = await reading.result
            let error = #expect(throws: RedisError.self) { try result.get() }
            #expect(error?.code == .cancelled)
            // Until the server has seen the end of the connection, an entry would still be delivered to it.
            try await untilBlocked(client, count: 0)
            _ = try await client.send(RedisCommand("XADD", "s", "*", "a", "b"))
            #expect(try await reader.read(Self.read, block: .seconds(30))[0][1].count == 1)
        }
    }

    @Test("nothing to read is a null reply; an error reply is thrown and harms nothing")
    func emptyAndError() async throws {
        try await withGroup { _, client, reader in
            let short = RedisCommand("XREADGROUP", "GROUP", "workers", "one", "BLOCK", 10, "STREAMS", "s", ">")
            let first = try await reader.read(short, block: .milliseconds(10))
            #expect(first.isNull)
            let foreign = RedisCommand("XREADGROUP", "GROUP", "others", "one", "BLOCK", 10, "STREAMS", "s", ">")
            let error = await redisError { () throws(RedisError) in try await reader.read(foreign, block: .milliseconds(10)) }
            #expect(error?.code == .noGroup)
            #expect(error?.errorClass == .fixThenRetry)
            let second = try await reader.read(short, block: .milliseconds(10))
            #expect(second.isNull)
        }
    }

    @Test("one read at a time")
    func oneAtATime() async throws {
        try await withGroup { _, client, reader in
            let reading = Task { try await reader.read(Self.read, block: .seconds(30)) }  // Awaited below.
            try await untilBlocked(client)
            let error = await redisError { () throws(RedisError) in try await reader.read(Self.read, block: .seconds(30)) }
            #expect(error?.code == .refusedCommand)
            reader.close()
            let result = await reading.result
            #expect(throws: RedisError.self) { try result.get() }
            let closed = await redisError { () throws(RedisError) in try await reader.read(Self.read, block: .seconds(30)) }
            #expect(closed?.code == .closed)
        }
    }

    @Test("after a shutdown nothing is delivered to nobody: what comes goes to others, what had come is returned")
    func shutDown() async throws {
        for round in 0..<20 {
            try await withGroup { _, client, reader in
                let reading = Task { try await reader.read(Self.read, block: .seconds(30)) }  // Awaited below.
                // With and without waiting for it to be parked: a read that is still on its way is freed too.
                if round.isMultiple(of: 2) { try await untilBlocked(client) }
                await reader.shutDown()
                let result = await reading.result
                _ = try await client.send(RedisCommand("XADD", "s", "*", "a", "b"))
                let pending = try await client.send(RedisCommand("XPENDING", "s", "workers"))
                #expect(pending[0].integer == 0)
                if case .success(let reply) = result { #expect(reply.isNull) }
            }
        }
    }

    @Test("a read under way fails when the server goes, and reading goes on when it is back")
    func restart() async throws {
        try await withGroup { server, client, reader in
            let reading = Task { try await reader.read(Self.read, block: .seconds(30)) }  // Awaited below.
            try await untilBlocked(client)
            server.kill()
            let result = await reading.result
            let error = #expect(throws: RedisError.self) { try result.get() }
            #expect(error?.errorClass == .indeterminate)
            let down = await redisError { () throws(RedisError) in try await reader.read(Self.read, block: .seconds(30)) }
            #expect(down?.errorClass == .notApplied)
            try server.start()
            while true {
                let missing = await redisError { () throws(RedisError) in try await reader.read(Self.read, block: .seconds(30)) }
                if missing?.code == .noGroup { break }
            }
        }
    }

    @Test("a server that leaves a read without an answer loses the connection when BLOCK and the time limit are over")
    func silence() async throws {
        let fake = try await FakeRedis { words, _ in
            switch words.first {
            case "CLIENT": .bytes(":7\r\n")
            case "XREADGROUP": .nothing
            default: nil
            }
        }
        var configuration = fake.configuration
        configuration.commandTimeout = .milliseconds(100)
        try await withClient(configuration) { client in
            let reader = client.makeReader()
            defer { reader.close() }
            let error = await redisError { () throws(RedisError) in try await reader.read(Self.read, block: .milliseconds(50)) }
            #expect(error?.code == .timedOut)
            #expect(error?.errorClass == .indeterminate)
        }
        try await fake.close()
    }
}
