import NIOCore
import ServiceLifecycle
import Testing

@testable import RedisClient

@Suite("Client with a real Redis", .timeLimit(.minutes(2)))
struct RedisClientTests {
    @Test("a command gets its reply, an error reply is thrown")
    func commands() async throws {
        let server = try RedisServer()
        try await withClient(server.configuration) { client in
            let set = try await client.send(RedisCommand("SET", "k", "v")).string
            #expect(set == "OK")
            let value = try await client.send(RedisCommand("GET", "k")).string
            #expect(value == "v")
            let isMissing = try await client.send(RedisCommand("GET", "none")).isNull
            #expect(isMissing)
            let number = try await client.send(RedisCommand("INCR", "n")).integer
            #expect(number == 1)
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("INCR", "k")) }
            #expect(error?.message.contains("not an integer") == true)
            let refused = await redisError { () throws(RedisError) in try await client.send(RedisCommand("SUBSCRIBE", "c")) }
            #expect(refused?.code == .refusedCommand)
        }
    }

    @Test("a pipeline keeps its order and its error replies, and is one write")
    func pipeline() async throws {
        let server = try RedisServer()
        try await withClient(server.configuration) { client in
            try await client.waitUntilConnected()
            let before = client.statistics
            let replies = try await client.send([
                RedisCommand("SET", "k", "v"), RedisCommand("INCR", "k"), RedisCommand("GET", "k"), RedisCommand("LRANGE", "l", 0, -1),
            ])
            #expect(replies.map(\.kind) == [.status, .error, .string, .array])
            #expect(replies[1].error?.errorClass == .other)
            #expect(replies[2].string == "v")
            #expect(client.statistics.writes == before.writes + 1)
            #expect(client.statistics.commands == before.commands + 4)
            #expect(try await client.send([]).isEmpty)
        }
    }

    @Test("commands of many tasks leave in far fewer writes")
    func automaticPipelining() async throws {
        let server = try RedisServer()
        try await withClient(server.configuration) { client in
            try await client.waitUntilConnected()
            let before = client.statistics
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<256 {
                    group.addTask {
                        for round in 0..<20 {
                            let text = "\(task):\(round)"
                            let echo = try await client.send(RedisCommand("ECHO", text)).string
                            #expect(echo == text)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let after = client.statistics
            #expect(after.commands - before.commands == 256 * 20)
            #expect(after.writes - before.writes < 256 * 20 / 4)
            #expect(after.bytesOut > before.bytesOut)
            #expect(after.bytesIn > before.bytesIn)
        }
    }

    @Test("a script is loaded when Redis does not have it, also after its cache was emptied")
    func scripts() async throws {
        let server = try RedisServer()
        let script = RedisScript(name: "pair", source: "return {KEYS[1], ARGV[1], #ARGV}")
        try await withClient(server.configuration) { client in
            for _ in 0..<2 {
                let reply = try await client.evaluate(script, keys: ["key"], arguments: ["first", 2])
                #expect(reply.map { $0.string } == ["key", "first", nil])
                #expect(reply[2].integer == 2)
                _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
            }
            let broken = RedisScript(name: "broken", source: "return redis.call(")
            let error = await redisError { () throws(RedisError) in try await client.evaluate(broken) }
            #expect(error?.message.contains("compiling script") == true)
        }
    }

    @Test("scripts keep running while the cache is emptied all the time")
    func scriptsUnderFlush() async throws {
        let server = try RedisServer()
        let script = RedisScript(name: "count", source: "return redis.call('INCR', KEYS[1])")
        try await withClient(server.configuration) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<100 { _ = try await client.send(RedisCommand("SCRIPT", "FLUSH")) }
                }
                for _ in 0..<32 {
                    group.addTask {
                        for _ in 0..<50 { _ = try await client.evaluate(script, keys: ["n"]) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.send(RedisCommand("GET", "n")).integer == 32 * 50)
        }
    }

    @Test("cancelling some calls gives no neighbour a wrong reply")
    func cancellation() async throws {
        let server = try RedisServer()
        try await withClient(server.configuration) { client in
            let wrong = Counter()
            let answered = Counter()
            for round in 0..<200 {
                await withTaskGroup(of: Void.self) { group in
                    for task in 0..<64 {
                        group.addTask {
                            let text = "\(round):\(task)"
                            await withTaskGroup(of: Void.self) { call in
                                call.addTask {
                                    do throws(RedisError) {
                                        let reply = try await client.send(RedisCommand("ECHO", text))
                                        if reply.string == text { answered.add() } else { wrong.add() }
                                    } catch {
                                        if error.code != .cancelled { wrong.add() }
                                    }
                                }
                                if task % 3 == 0 { call.cancelAll() }
                            }
                        }
                    }
                }
            }
            #expect(wrong.count == 0)
            // Those that were not cancelled all got theirs: 42 of 64 in each round.
            #expect(answered.count >= 200 * 42)
            #expect(client.statistics.reconnects == 0)
        }
    }

    @Test("a cancelled call ends at once, though the server still owes its reply")
    func promptCancellation() async throws {
        let fake = try await FakeRedis { words, _ in words.first == "GET" ? .nothing : nil }
        try await withClient(fake.configuration) { client in
            try await client.waitUntilConnected()
            let error = await withTaskGroup(of: RedisError?.self) { group in
                group.addTask { await redisError { () throws(RedisError) in try await client.send(RedisCommand("GET", "k")) } }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error?.code == .cancelled)
            #expect(error?.errorClass == .cancelled)
        }
        try await fake.close()
    }

    @Test("large values go both ways, past the buffers of the socket")
    func largeValues() async throws {
        let server = try RedisServer()
        try await withClient(server.configuration) { client in
            let value = [UInt8](repeating: 65, count: 16_000_000)
            let small = (0..<50).map { "value \($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await client.send(RedisCommand("SET", "big", value))
                    #expect(try await client.send(RedisCommand("GET", "big")).bytes == value)
                }
                for text in small {
                    group.addTask {
                        let echo = try await client.send(RedisCommand("ECHO", text)).string
                        #expect(echo == text)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("calls made before the client runs wait for the connection")
    func startOrder() async throws {
        let server = try RedisServer()
        let client = RedisClient(server.configuration, logger: silentLogger)
        #expect(!client.state.isConnected)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { try await client.send(RedisCommand("PING")).string == "PONG" }
            group.addTask {
                try await client.run()
                return true
            }
            let first = try await group.next()
            #expect(first == true)
            #expect(client.state.isConnected)
            group.cancelAll()
        }
        #expect(!client.state.isConnected)
    }

    @Test("without a connection a call fails after its time limit, and was not applied")
    func noServer() async throws {
        var configuration = RedisConfiguration(endpoint: .unix(path: "/tmp/there-is-no-redis-here.sock"))
        configuration.commandTimeout = .milliseconds(100)
        try await withClient(configuration) { client in
            try await client.waitUntil { $0.lastError != nil }
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("PING")) }
            #expect(error?.code == .timedOut)
            #expect(error?.errorClass == .notApplied)
            #expect(client.state.lastError?.code == .connectFailed)
        }
        let idle = RedisClient(configuration, logger: silentLogger)
        let error = await redisError { () throws(RedisError) in try await idle.send(RedisCommand("PING")) }
        #expect(error?.message.contains("run()") == true)
    }

    @Test("a graceful shutdown finishes what was accepted and takes nothing more")
    func gracefulShutdown() async throws {
        let server = try RedisServer()
        let client = RedisClient(server.configuration, logger: silentLogger)
        let group = ServiceGroup(configuration: .init(services: [client], logger: silentLogger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await client.waitUntilConnected()
            // The server is stopped, so that the calls are accepted but not answered when the shutdown begins.
            server.freeze()
            let results = Counter()
            await withTaskGroup(of: Void.self) { calls in
                for _ in 0..<100 {
                    calls.addTask {
                        if await redisError({ () throws(RedisError) in try await client.send(RedisCommand("INCR", "n")) }) == nil {
                            results.add()
                        }
                    }
                }
                while client.link.queueLength < 100 { await Task.yield() }
                await group.triggerGracefulShutdown()
                var error: RedisError?
                // The shutdown reaches the client by a task of the group.
                while error?.code != .closed {
                    error = await withTaskGroup(of: RedisError?.self) { late in
                        late.addTask { await redisError { () throws(RedisError) in try await client.send(RedisCommand("PING")) } }
                        await Task.yield()
                        late.cancelAll()
                        return await late.next() ?? nil
                    }
                }
                server.thaw()
            }
            #expect(results.count == 100)
            try await tasks.waitForAll()
        }
    }

    @Test("cancelling the client fails what is under way at once")
    func cancelledClient() async throws {
        let server = try RedisServer()
        let client = RedisClient(server.configuration, logger: silentLogger)
        await withTaskGroup(of: RedisError?.self) { group in
            let running = Task { try await client.run() }  // Awaited below.
            _ = await redisError { () throws(RedisError) in try await client.waitUntilConnected() }
            server.freeze()
            for _ in 0..<10 {
                group.addTask { await redisError { () throws(RedisError) in try await client.send(RedisCommand("INCR", "n")) } }
            }
            while client.link.queueLength < 10 { await Task.yield() }
            running.cancel()
            _ = await running.result
            for await error in group { #expect(error?.code == .closed || error?.code == .connectionLost) }
        }
        let late = await redisError { () throws(RedisError) in try await client.send(RedisCommand("PING")) }
        #expect(late?.code == .closed)
        await #expect(throws: RedisError.self) { try await client.run() }
    }

    @Test("waiting for a connection ends with the client, and with its task")
    func waitingEnds() async throws {
        let configuration = RedisConfiguration(endpoint: .unix(path: "/tmp/there-is-no-redis-here.sock"))
        let client = RedisClient(configuration, logger: silentLogger)
        let errors = await withTaskGroup(of: RedisError?.self) { group in
            group.addTask { await redisError { () throws(RedisError) in try await client.waitUntilConnected() } }
            group.cancelAll()
            return await group.reduce(into: [RedisError]()) { if let error = $1 { $0.append(error) } }
        }
        #expect(errors.map(\.code) == [.cancelled])
        try await withClient(configuration) { _ in }
        let running = RedisClient(configuration, logger: silentLogger)
        let error = await withTaskGroup(of: RedisError?.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { run in
                    run.addTask { try? await running.run() }
                    try? await running.waitUntil { $0.lastError != nil }
                    run.cancelAll()
                }
                return nil
            }
            group.addTask { await redisError { () throws(RedisError) in try await running.waitUntilConnected() } }
            var found: RedisError?
            for await error in group where error != nil { found = error }
            return found
        }
        #expect(error?.code == .closed)
    }
}
