import NIOCore
import Testing

@testable import RedisClient

@Suite("Subscriptions", .timeLimit(.minutes(2)))
struct RedisSubscriberTests {
    private func withSubscriber(
        _ configuration: RedisConfiguration,
        _ body: (RedisClient, RedisSubscriber) async throws -> Void
    ) async throws {
        try await withClient(configuration) { client in
            try await client.waitUntilConnected()
            let subscriber = client.makeSubscriber()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await subscriber.run() }
                try await body(client, subscriber)
                group.cancelAll()
            }
        }
    }

    private func describe(_ event: RedisSubscriberEvent?) -> String {
        switch event {
        case .connected: "connected"
        case .reconnected: "reconnected"
        case .message(let message): "\(message.channel): \(message.text ?? "")"
        case .missed(let count): "missed \(count)"
        case nil: "end"
        }
    }

    @Test("messages of subscribed channels arrive in order, and no others")
    func messages() async throws {
        let server = try RedisServer()
        try await withSubscriber(server.configuration) { client, subscriber in
            let events = subscriber.events.makeAsyncIterator()
            try await subscriber.subscribe("a")
            try await subscriber.subscribe("b")
            try await subscriber.subscribe("a")
            #expect(describe(await events.next()) == "connected")
            for (channel, text) in [("a", "1"), ("c", "2"), ("b", "3"), ("a", "4")] {
                _ = try await client.send(RedisCommand("PUBLISH", channel, text))
            }
            for expected in ["a: 1", "b: 3", "a: 4"] { #expect(describe(await events.next()) == expected) }
            try await subscriber.unsubscribe("a")
            _ = try await client.send([RedisCommand("PUBLISH", "a", "5"), RedisCommand("PUBLISH", "b", "6")])
            #expect(describe(await events.next()) == "b: 6")
        }
    }

    @Test("after a restart every subscription stands again before the owner is told")
    func restart() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.reconnect.min = .milliseconds(10)
        configuration.reconnect.max = .milliseconds(50)
        try await withSubscriber(configuration) { client, subscriber in
            let events = subscriber.events.makeAsyncIterator()
            for number in 0..<100 { try await subscriber.subscribe("channel \(number)") }
            #expect(describe(await events.next()) == "connected")
            for _ in 0..<3 {
                server.kill()
                try await client.waitUntil { !$0.isConnected }
                try server.start()
                #expect(describe(await events.next()) == "reconnected")
                for number in [0, 50, 99] {
                    #expect(try await client.send(RedisCommand("PUBLISH", "channel \(number)", "x")).integer == 1)
                    #expect(describe(await events.next()) == "channel \(number): x")
                }
            }
        }
    }

    @Test("a channel the user may not read is refused to its caller only")
    func refused() async throws {
        let server = try RedisServer(["--user", "default", "on", "nopass", "~*", "resetchannels", "&open", "+@all"])
        try await withSubscriber(server.configuration) { client, subscriber in
            let error = await redisError { () throws(RedisError) in try await subscriber.subscribe("secret") }
            #expect(error?.code == .noPermission)
            try await subscriber.subscribe("open")
            let events = subscriber.events.makeAsyncIterator()
            #expect(describe(await events.next()) == "connected")
            _ = try await client.send(RedisCommand("PUBLISH", "open", "x"))
            #expect(describe(await events.next()) == "open: x")
        }
    }

    @Test("a connection that has gone silent is noticed and replaced")
    func silence() async throws {
        let pings = Counter()
        let fake = try await FakeRedis { words, _ in
            guard words.first == "PING" else { return nil }
            pings.add()
            // The client and the subscriber log in with one PING each; the third is the first to keep alive.
            return pings.count == 3 ? .nothing : nil
        }
        var configuration = fake.configuration
        configuration.keepAlive = .milliseconds(20)
        configuration.commandTimeout = .milliseconds(200)
        try await withSubscriber(configuration) { _, subscriber in
            let events = subscriber.events.makeAsyncIterator()
            #expect(describe(await events.next()) == "connected")
            #expect(describe(await events.next()) == "reconnected")
        }
        try await fake.close()
    }

    @Test("an owner that falls behind is told how many messages it missed, at the place of the gap")
    func missed() async {
        let buffer = EventBuffer(limit: 2)
        let message = { (text: String) in
            RedisSubscriberEvent.message(RedisMessage(channel: "c", payload: ByteBuffer(string: text)))
        }
        buffer.append(.connected)
        for text in ["1", "2", "3"] { buffer.append(message(text)) }
        buffer.append(.reconnected)
        for expected in ["connected", "c: 1"] { #expect(describe(await buffer.next()) == expected) }
        // Room again, but the gap comes first.
        buffer.append(message("4"))
        for expected in ["reconnected", "missed 3"] { #expect(describe(await buffer.next()) == expected) }
        buffer.append(message("5"))
        #expect(describe(await buffer.next()) == "c: 5")
        buffer.close()
        buffer.append(message("6"))
        #expect(describe(await buffer.next()) == "end")
    }

    @Test("waiting for events ends with the task, and takes no event away")
    func cancelledWait() async {
        let buffer = EventBuffer(limit: 2)
        await withTaskGroup(of: String.self) { group in
            group.addTask { describe(await buffer.next()) }
            group.cancelAll()
            #expect(await group.next() == "end")
        }
        buffer.append(.connected)
        #expect(describe(await buffer.next()) == "connected")
    }

    @Test("the events end when the subscriber does")
    func end() async throws {
        let server = try RedisServer()
        let client = RedisClient(server.configuration, logger: silentLogger)
        let subscriber = client.makeSubscriber()
        await withTaskGroup(of: [String].self) { group in
            let running = Task { try await subscriber.run() }  // Awaited below.
            group.addTask {
                var texts: [String] = []
                for await event in subscriber.events {
                    texts.append(describe(event))
                    running.cancel()
                }
                return texts
            }
            #expect(await group.next() == ["connected"])
            _ = await running.result
        }
    }
}
