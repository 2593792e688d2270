import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("Reclaiming, timers and tidying on a real Redis", .redis)
struct ReclaimTests {
    @Test("a sweep finds old entries behind more than a thousand fresh ones")
    func oldBehindFresh() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            try await withThrowingTaskGroup { group in
                for _ in 0..<1203 { group.addTask { _ = try await test.submit(definition) } }
                try await group.waitForAll()
            }
            var claimed: [DeliveredMessage] = []
            while claimed.count < 1203 { claimed += try await test.claim(500, consumer: "dead") }
            let old = claimed.suffix(3)
            let queue = "\(test.namespace):{0}:queue:default"
            for message in old {
                let entry = try #require(message.entry)
                _ = try await test.client.send(RedisCommand("XCLAIM", queue, "workers", "dead", "0", entry, "IDLE", "9999999", "JUSTID"))
            }
            var found: [DeliveredMessage] = []
            var cursor = ReclaimCursor.start
            var calls = 0
            repeat {
                let page = try await test.store.reclaim("default", consumer: "alive", idle: 5_000_000, cursor: cursor)
                found += page.messages
                cursor = page.cursor
                calls += 1
            } while cursor != .start
            #expect(found == Array(old))
            #expect(calls > 1, "one call must not have seen them all, or this proves nothing")
        }
    }

    @Test("a sweep is not blind to old entries behind fifty thousand fresh ones", .timeLimit(.minutes(1)))
    func oldBehindFiftyThousand() async throws {
        try await TestStore.run { test in
            let queue = "\(test.namespace):{0}:queue:default"
            let fill = """
                redis.call('XGROUP', 'CREATE', KEYS[1], 'workers', '0', 'MKSTREAM')
                for i = 1, 50002 do
                    redis.call('XADD', KEYS[1], '1-' .. i, 'operation', 'op-' .. i, 'step', 'work', 'direction', 'forward', 'definition', '0123456789abcdef')
                end
                redis.call('XREADGROUP', 'GROUP', 'workers', 'dead', 'COUNT', 50002, 'STREAMS', KEYS[1], '>')
                redis.call('XCLAIM', KEYS[1], 'workers', 'dead', 0, '1-50001', '1-50002', 'IDLE', 9999999, 'JUSTID')
                """
            _ = try await test.client.send(RedisCommand("EVAL", fill, "1", queue))
            var found: [String] = []
            var cursor = ReclaimCursor.start
            repeat {
                let page = try await test.store.reclaim("default", consumer: "alive", idle: 5_000_000, cursor: cursor)
                found += page.messages.map(\.message.operation.text)
                cursor = page.cursor
            } while cursor != .start
            #expect(found == ["op-50001", "op-50002"])
        }
    }

    @Test("the first sweep of a queue that nobody has read makes its group at the beginning, and finds nothing wrong")
    func firstSweep() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            let page = try await test.store.reclaim("default", consumer: "a", idle: 0, cursor: .start)
            #expect(page.messages.isEmpty && page.cursor == .start)
            #expect(try await test.begin(definition).1.id == accepted.id)
        }
    }

    @Test("a candidate whose lease holds is left alone")
    func heldCandidate() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            _ = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            let page = try await test.store.reclaim("default", consumer: "other", idle: 0, cursor: .start)
            guard case .held? = try await test.store.begin(page.messages, with: test.options(definition, consumer: "other")).first else {
                throw Unexpected(what: "held work was begun a second time")
            }
            guard case .applied = try await test.settle(definition, lease, begun, .succeeded(.null)) else {
                throw Unexpected(what: "its holder could not commit")
            }
            #expect(await test.store.health().queues.map(\.pending) == [0])
        }
    }

    @Test("timers are published once, when they are due, and an earlier one is announced")
    func timers() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            var notices = test.store.workerNotices().makeAsyncIterator()
            #expect(await notices.next() == .resynchronize)
            let decisions = Decisions(definition, version: definition.version)
            for due in [4_000_000_000_000, 3_900_000_000_000, 4_000_000_000_000, 1, 3_800_000_000_000] as [Milliseconds] {
                let id = OperationID.random()
                var submission = test.submission(definition, id: id)
                submission.notBefore = due
                submission.transition = decisions.submit(id, inline: false, recovery: 1, notBefore: due)
                _ = try await test.store.submit(submission)
            }
            _ = try await test.client.send(RedisCommand("PUBLISH", "\(test.namespace):{0}:cancels", "last"))
            // The third is due after the second, so nobody is told of it. The last comes after one that is due already: whoever is about to
            // publish that one has asked for the next before.
            for _ in 0..<4 { #expect(await notices.next() == .earlierTimer) }
            #expect(await notices.next() == .cancelRequested(try #require(OperationID("last"))))
            async let first = test.store.promoteDueTimers(limit: 10)
            async let second = test.store.promoteDueTimers(limit: 10)
            let answers = try await [first, second]
            #expect(answers.map(\.promoted).reduce(0, +) == 1)
            #expect(answers.allSatisfy { ($0.next ?? 0) > 1_000_000 })
            #expect(try await test.begin(definition).1.status == .running)
        }
    }

    @Test("a timer nobody can read does not keep the others from being published")
    func unreadableTimer() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            _ = try await test.client.send(RedisCommand("ZADD", "\(test.namespace):{0}:timers", "1", "nonsense"))
            let id = OperationID.random()
            var submission = test.submission(definition, id: id)
            submission.transition = Decisions(definition, version: definition.version).submit(id, inline: false, recovery: 1, notBefore: 2)
            _ = try await test.store.submit(submission)
            #expect(try await test.store.promoteDueTimers(limit: 10).promoted == 1)
        }
    }

    @Test("index entries go when their operation has expired, and not before")
    func trim() async throws {
        try await TestStore.run(configure: { $0.retention = 1 }) { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition)
            #expect(try await test.store.tidy(limit: 100).indexEntries == 0)
            _ = try await test.settle(definition, lease, begun, .failed(Problem(type: "t", title: "t"), retry: .never))
            while try await test.store.read(accepted.id, withEvents: false) != nil {}
            // By whole seconds, so the entry is seen as due a little later than it is.
            while try await test.store.tidy(limit: 100).indexEntries == 0 {}
            for index in ["ended", "attention", "live"] {
                #expect(try await test.client.send(RedisCommand("ZCARD", "\(test.namespace):{0}:\(index)")).integer == 0)
            }
        }
    }

    @Test("operations that took long are passed over once, and keep nothing behind them from being removed")
    func trimBehindOthers() async throws {
        try await TestStore.run { test in
            let ended = "\(test.namespace):{0}:ended"
            // All of one millisecond, as the worst case for a cursor by time; the hashes of the first ones are still there.
            let (there, gone) = (Self.numbered(0..<2500), Self.numbered(2500..<2850))
            _ = try await test.client.send((there + gone).map { RedisCommand("ZADD", ended, "5", $0) })
            _ = try await test.client.send(RedisCommand("ZADD", ended, "4", "no ID!"))
            _ = try await test.client.send(
                there.map { RedisCommand("HSET", "\(test.namespace):{0}:operation:\($0)", "status", "Succeeded") }
            )
            var removed: [Int] = []
            for _ in 0..<5 {
                let before = test.client.statistics.commands
                removed.append(try await test.store.tidy(limit: 1000).indexEntries)
                #expect(test.client.statistics.commands - before < 40, "However many there are, a round looks at a thousand and some")
            }
            #expect(removed.reduce(0, +) == gone.count, "\(removed)")
            #expect(try await test.client.send(RedisCommand("ZCARD", ended)).integer == there.count + 1)
            _ = try await test.client.send(there.prefix(200).map { RedisCommand("DEL", "\(test.namespace):{0}:operation:\($0)") })
            #expect(try await test.store.tidy(limit: 1000).indexEntries == 200)
        }
    }

    private static func numbered(_ range: Range<Int>) -> [String] {
        range.map { "01900000-0000-7000-8000-" + String(repeating: "0", count: 12 - String($0).count) + String($0) }
    }

    @Test("a consumer that is gone and holds nothing is removed; one that holds something is not")
    func retire() async throws {
        try await TestStore.run(configure: { $0.consumerIdle = 0 }) { test in
            let definition = Definition.chain("work")
            _ = try await test.submit(definition)
            _ = try await test.submit(definition)
            let (lease, begun) = try await test.begin(definition, consumer: "done")
            _ = try await test.begin(definition, consumer: "busy")
            _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            #expect(try await test.store.tidy(limit: 100).consumers == 1)
            let reply = try await test.client.send(RedisCommand("XINFO", "CONSUMERS", "\(test.namespace):{0}:queue:default", "workers"))
            #expect(reply.map { $0[1].string } == ["busy"])
        }
    }

    @Test("a queue that was deleted does not keep the others from being tidied")
    func deletedQueue() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            _ = try await test.submit(definition)
            _ = try await test.client.send(RedisCommand("DEL", "\(test.namespace):{0}:queue:default"))
            #expect(try await test.store.tidy(limit: 100).consumers == 0)
        }
    }
}
