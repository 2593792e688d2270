import Testing

@testable import RedisClient

@Suite("Lost connections", .timeLimit(.minutes(2)))
struct RestartTests {
    /// Runs a client around `body` and then lets it finish by itself, which it does only if it has lost count of no call.
    private func withFinishedClient(_ configuration: RedisConfiguration, _ body: (RedisClient) async throws -> Void) async throws {
        let client = RedisClient(configuration, logger: silentLogger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await body(client)
            client.link.shutDown()
            try await group.waitForAll()
        }
    }

    @Test("under 512 tasks, every call is answered rightly or fails once when the server is killed and comes back")
    func killed() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.reconnect.min = .milliseconds(10)
        configuration.reconnect.max = .milliseconds(50)
        let issued = Counter()
        let answered = Counter()
        let indeterminate = Counter()
        let unexpected = Counter()
        let stop = Counter()
        try await withFinishedClient(configuration) { client in
            try await client.waitUntilConnected()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<512 {
                    group.addTask {
                        var round = 0
                        while stop.count == 0 {
                            let text = "\(task):\(round)"
                            round += 1
                            issued.add()
                            do throws(RedisError) {
                                let reply = try await client.send(RedisCommand("ECHO", text))
                                if reply.string == text { answered.add() } else { unexpected.add() }
                            } catch {
                                if error.errorClass == .indeterminate { indeterminate.add() } else { unexpected.add() }
                            }
                        }
                    }
                }
                for _ in 1...3 {
                    await answered.reaches(answered.count + 5_000)
                    server.kill()
                    try await client.waitUntil { !$0.isConnected }
                    try server.start()
                    try await client.waitUntilConnected()
                }
                await answered.reaches(answered.count + 5_000)
                stop.add()
                try await group.waitForAll()
            }
        }
        #expect(issued.count == answered.count + indeterminate.count)
        #expect(unexpected.count == 0)
        #expect(indeterminate.count > 0)
    }

    @Test("a call that was not sent waits for the next connection")
    func unsentSurvives() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.reconnect.min = .milliseconds(10)
        configuration.reconnect.max = .milliseconds(50)
        try await withClient(configuration) { client in
            try await client.waitUntilConnected()
            server.kill()
            try await client.waitUntil { !$0.isConnected }
            #expect(client.state.lastError?.errorClass == .indeterminate || client.state.lastError?.errorClass == .notApplied)
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<50 { group.addTask { try await client.send(RedisCommand("INCR", "n")).integer } }
                while client.link.queueLength < 50 { await Task.yield() }
                try server.start()
                var numbers: Set<Int> = []
                for try await number in group { numbers.insert(number ?? 0) }
                #expect(numbers == Set(1...50))
            }
        }
    }

    @Test("a call that was sent fails as indeterminate, once, when the server hangs up")
    func sentFails() async throws {
        let fake = try await FakeRedis { words, connection in
            words.first == "INCR" && connection == 1 ? .hangUp("") : nil
        }
        try await withClient(fake.configuration) { client in
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("INCR", "n")) }
            #expect(error?.code == .connectionLost)
            #expect(error?.errorClass == .indeterminate)
            let next = try await client.send(RedisCommand("INCR", "n"))
            #expect(next.string == "OK")
            #expect(client.statistics.reconnects == 1)
        }
        try await fake.close()
    }

    @Test("silence ends with the time limit: the call is indeterminate, the connection is replaced")
    func silence() async throws {
        let fake = try await FakeRedis { words, connection in
            words.first == "GET" && connection == 1 ? .nothing : nil
        }
        var configuration = fake.configuration
        configuration.commandTimeout = .milliseconds(500)
        try await withClient(configuration) { client in
            try await client.waitUntilConnected()
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("GET", "k")) }
            #expect(error?.code == .timedOut)
            #expect(error?.errorClass == .indeterminate)
            try await client.waitUntilConnected()
            #expect(client.statistics.reconnects == 1)
        }
        try await fake.close()
    }
}
