import Testing

@testable import RedisClient

@Suite("Servers that misbehave", .timeLimit(.minutes(2)))
struct HostileServerTests {
    @Test(
        "broken bytes fail the call once, and the next connection works",
        arguments: [
            "garbage\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "%1\r\n+a\r\n+b\r\n", "$-5\r\n", ":12abc\r\n", HostileBytesTests.deepArray,
            "*2147483647\r\n", "*2147483648\r\n", String(repeating: "*2147483647\r\n", count: 7), "*1048577\r\n",
        ]
    )
    func brokenBytes(bytes: String) async throws {
        let fake = try await FakeRedis { words, connection in
            words.first == "GET" && connection == 1 ? .bytes(bytes) : nil
        }
        try await withClient(fake.configuration) { client in
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("GET", "k")) }
            #expect(error?.code == .protocolViolation || error?.code == .replyTooLarge)
            #expect(error?.errorClass == .indeterminate)
            let reply = try await client.send(RedisCommand("GET", "k"))
            #expect(reply.string == "OK")
            #expect(client.statistics.reconnects == 1)
        }
        try await fake.close()
    }

    @Test(
        "a header that promises more than ever comes ends with the time limit",
        arguments: ["$9223372036854775807\r\nab", "*3\r\n:1\r\n", "$10\r\nabc"]
    )
    func neverEnds(bytes: String) async throws {
        let fake = try await FakeRedis { words, connection in
            words.first == "GET" && connection == 1 ? .bytes(bytes) : nil
        }
        var configuration = fake.configuration
        configuration.commandTimeout = .milliseconds(500)
        try await withClient(configuration) { client in
            try await client.waitUntilConnected()
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("GET", "k")) }
            #expect(error?.errorClass == .indeterminate)
            #expect(error?.code == .timedOut || error?.code == .protocolViolation)
            try await client.waitUntilConnected()
            #expect(client.statistics.reconnects == 1)
        }
        try await fake.close()
    }

    @Test("a reply nobody asked for ends the connection, with its text kept")
    func unasked() async throws {
        let fake = try await FakeRedis { words, connection in
            words.first == "GET" && connection == 1 ? .bytes("+mine\r\n+EXTRA\r\n") : nil
        }
        var configuration = fake.configuration
        configuration.reconnect.min = .seconds(60)
        configuration.reconnect.max = .seconds(60)
        try await withClient(configuration) { client in
            let reply = try await client.send(RedisCommand("GET", "k"))
            #expect(reply.string == "mine")
            try await client.waitUntil { !$0.isConnected }
            #expect(client.state.lastError?.code == .protocolViolation)
            #expect(client.state.lastError?.message.contains("EXTRA") == true)
        }
        try await fake.close()
    }

    @Test("a server that greets is not Redis, and says so to callers at once")
    func greeting() async throws {
        let fake = try await FakeRedis(greeting: "+HELLO\r\n") { _, _ in nil }
        try await withClient(fake.configuration) { client in
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("GET", "k")) }
            #expect(error?.code == .protocolViolation)
            #expect(error?.errorClass == .configuration)
        }
        try await fake.close()
    }

    @Test("too many clients: the text reaches the state, and calls wait")
    func tooManyClients() async throws {
        let fake = try await FakeRedis { words, connection in
            connection < 3 ? .hangUp("-ERR max number of clients reached\r\n") : nil
        }
        var configuration = fake.configuration
        configuration.reconnect.min = .milliseconds(10)
        try await withClient(configuration) { client in
            try await client.waitUntil { $0.lastError != nil }
            #expect(client.state.lastError?.errorClass == .notApplied)
            #expect(client.state.lastError?.message.contains("max number of clients") == true)
            let reply = try await client.send(RedisCommand("GET", "k"))
            #expect(reply.string == "OK")
        }
        try await fake.close()
    }

    @Test(
        "a server that still loads its data is asked again, and calls wait for it",
        arguments: ["LOADING Redis is loading", "MASTERDOWN Link down"]
    )
    func loading(reply: String) async throws {
        let fake = try await FakeRedis { words, connection in
            connection < 3 && words.first == "PING" ? .bytes("-\(reply)\r\n") : nil
        }
        var configuration = fake.configuration
        configuration.reconnect.min = .milliseconds(10)
        try await withClient(configuration) { client in
            let reply = try await client.send(RedisCommand("GET", "k"))
            #expect(reply.string == "OK")
        }
        try await fake.close()
    }

    @Test("a login that is never answered is given up and tried again")
    func silentLogin() async throws {
        let fake = try await FakeRedis { words, connection in connection == 1 ? .nothing : nil }
        var configuration = fake.configuration
        configuration.connectTimeout = .milliseconds(100)
        try await withClient(configuration) { client in
            try await client.waitUntil { $0.lastError != nil }
            #expect(client.state.lastError?.code == .timedOut)
            let reply = try await client.send(RedisCommand("GET", "k"))
            #expect(reply.string == "OK")
        }
        try await fake.close()
    }

    @Test("a server that does not keep up is not buried: calls above the limit are refused, those below are done")
    func fullQueue() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.limits.queuedCalls = 100
        try await withClient(configuration) { client in
            try await client.waitUntilConnected()
            server.freeze()
            await withTaskGroup(of: RedisError?.self) { group in
                for _ in 0..<150 {
                    group.addTask { await redisError { () throws(RedisError) in try await client.send(RedisCommand("INCR", "n")) } }
                }
                var refused = 0
                while refused < 50, let result = await group.next(), let error = result {
                    #expect(error.code == .busy)
                    #expect(error.errorClass == .notApplied)
                    refused += 1
                }
                #expect(refused == 50)
                server.thaw()
                for await error in group { #expect(error == nil) }
            }
            // Room is given back once a batch of replies is read, a moment after the last of its callers went on.
            var count: Int?
            while count == nil {
                do {
                    count = try await client.send(RedisCommand("GET", "n")).integer
                } catch let error as RedisError where error.code == .busy {
                    await Task.yield()
                }
            }
            #expect(count == 100)
        }
    }
}
