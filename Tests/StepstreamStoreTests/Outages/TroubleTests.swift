import RedisClient
import Stepstream
import StepstreamStore
import StepstreamTesting
import Testing

@Suite("A Redis that is full, flushed or restarted")
struct TroubleTests {
    @Test("when memory is short a submission is refused before any write, and what runs can finish")
    func memory() async throws {
        try await TestStore.runAlone { test, _ in
            let definition = Definition.chain("work", "more")
            let accepted = try await test.submit(definition)
            // A worker that runs already has its groups; to make one takes memory.
            let source = test.store.messageSource(queues: ["default"], consumer: "a")
            let first = try await source.reader.next(limit: 1)
            guard case .begun(let lease, let begun)? = try await test.store.begin(first, with: test.options(definition)).first else {
                throw Unexpected(what: "not begun")
            }
            let before = try await test.client.send(RedisCommand("DBSIZE")).integer
            _ = try await test.client.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
            let error = await #expect(throws: StoreError.self) { _ = try await test.submit(definition) }
            #expect(error?.code == .refused)
            let reservation = Reservation(tenant: "default", key: "k", id: .random(), fingerprint: "f")
            let refused = await #expect(throws: StoreError.self) { _ = try await test.store.reserve(reservation) }
            #expect(refused?.code == .refused)
            #expect(try await test.client.send(RedisCommand("DBSIZE")).integer == before)
            #expect(try await test.store.renew([lease], by: 60_000) == [.renewed])
            guard case .applied = try await test.settle(definition, lease, begun, .succeeded(.null)) else {
                throw Unexpected(what: "work could not finish")
            }
            let more = try await source.reader.next(limit: 1)
            await source.control.close()
            guard case .begun(let next, let second)? = try await test.store.begin(more, with: test.options(definition)).first else {
                throw Unexpected(what: "not begun")
            }
            _ = try await test.settle(definition, next, second, .succeeded(.null))
            #expect(try await test.current(accepted.id).status == .succeeded)
            #expect(await test.store.health().isReady == false)
        }
    }

    @Test("a call of a script that fails half-way leaves nothing that it accepted outside the index of live operations")
    func halfWay() async throws {
        try await TestStore.runAlone { test, _ in
            let good = Definition.chain("work")
            let bad = Definition(type: "bad", steps: [Step(name: "work", queue: "broken", handler: .swift("work"))])
            _ = try await test.submit(good)
            // Not a stream: the message of an operation for it cannot be published.
            _ = try await test.client.send(RedisCommand("SET", "\(test.namespace):{0}:queue:broken", "x"))
            let ids = (0..<200).map { _ in OperationID.random() }
            await withTaskGroup(of: Void.self) { group in
                for (number, id) in ids.enumerated() {
                    group.addTask {
                        // What shares a call with a bad one is answered with its error, whatever became of it.
                        do { _ = try await test.submit(number % 50 == 25 ? bad : good, id: id) } catch {}
                    }
                }
            }
            let stored = try await test.store.read(ids)
            for (id, operation) in zip(ids, stored) where operation != nil {
                let score = try await test.client.send(RedisCommand("ZSCORE", "\(test.namespace):{0}:live", id.text))
                #expect(!score.isNull)
            }
            #expect(stored.contains { $0 != nil } && stored.contains { $0 == nil })
        }
    }

    @Test("from the high-water mark on submissions are refused before Redis refuses writes, and the state of health says so")
    func highWater() async throws {
        let server = try await RedisServer.start()
        try await TestStore.run(at: (server.url, "alone"), configure: { $0.memoryHighWater = 0.3 }) { test in
            let definition = Definition.chain("work")
            _ = try await test.submit(definition)
            _ = try await test.client.send(RedisCommand("SETRANGE", "filler", "50000000", "x"))
            _ = try await test.client.send(RedisCommand("CONFIG", "SET", "maxmemory", "120000000"))
            var refusal: StoreError?
            // Memory is looked at once a second.
            while refusal == nil {
                do { _ = try await test.submit(definition) } catch let error as StoreError { refusal = error }
            }
            #expect(refusal?.code == .refused)
            #expect(refusal?.message.contains("30 %") == true)
            let memory = await test.store.health().findings.first { $0.subject == .memory }
            #expect(memory?.severity == .failure)
            #expect(memory?.words.contains("store.memoryHighWater") == true)
            // Redis itself takes writes as ever.
            #expect(try await test.client.send(RedisCommand("SET", "other", "1")).string == "OK")
            _ = try await test.client.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
            while true {
                do {
                    _ = try await test.submit(definition)
                    break
                } catch let error as StoreError {
                    #expect(error.code == .refused)
                }
            }
        }
        await server.stop()
    }

    @Test("scripts that Redis has forgotten are loaded again without anyone noticing")
    func scriptFlush() async throws {
        try await TestStore.runAlone { test, _ in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            _ = try await test.client.send(RedisCommand("SCRIPT", "FLUSH"))
            let (lease, begun) = try await test.begin(definition)
            _ = try await test.client.send(RedisCommand("SCRIPT", "FLUSH"))
            _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            #expect(try await test.current(accepted.id).status == .succeeded)
        }
    }

    @Test("after FLUSHALL definitions and groups are made again")
    func flushAll() async throws {
        try await TestStore.runAlone { test, _ in
            let definition = Definition.chain("work")
            let source = test.store.messageSource(queues: ["default"], consumer: "a")
            _ = try await test.submit(definition)
            #expect(try await source.reader.next(limit: 10).count == 1)
            _ = try await test.client.send(RedisCommand("FLUSHALL"))
            let accepted = try await test.submit(definition)
            #expect(try await test.store.definition(definition.version) == definition)
            let error = await #expect(throws: StoreError.self) { _ = try await source.reader.next(limit: 10) }
            #expect(error?.isTransient == true)
            #expect(try await source.reader.next(limit: 10).map(\.message.operation) == [accepted.id])
            await source.control.close()
        }
    }

    @Test("a namespace started with another number of partitions is refused, in words")
    func partitionCount() async throws {
        try await TestStore.runAlone { test, _ in
            try await test.store.recordPartitions()
            try await test.store.recordPartitions()
            _ = try await test.client.send(RedisCommand("SET", "alone:partitions", "4"))
            let error = await #expect(throws: StoreError.self) { try await test.store.recordPartitions() }
            #expect(error?.code == .misconfigured)
            #expect(error?.message.contains("4 partitions") == true)
        }
    }

    @Test("who watches through a restart of Redis misses no event")
    func watchThroughRestart() async throws {
        try await TestStore.runAlone { test, server in
            let definition = Definition.chain("a", "b", "c", "d")
            let accepted = try await test.submit(definition)
            let signals = NamedSignals()
            let watching = Task { try await test.relay(accepted.id, signals) }
            try await signals.wait(for: "watching")
            for number in 0..<4 {
                if number == 1 || number == 3 {
                    try await server.restart()
                    // Whatever is called first after a restart may find the old connection; reading does no harm.
                    try await test.insist { _ = try await test.store.read(accepted.id, withEvents: false) }
                }
                let (lease, begun) = try await test.begin(definition)
                _ = try await test.settle(definition, lease, begun, .succeeded(.null))
            }
            let total = try await test.current(accepted.id).version
            #expect(try await watching.value == Array(1...total))
        }
    }
}

extension TestStore {
    /// What a server does for a consumer that watches: relays events above the last number sent, until the end.
    func relay(_ id: OperationID, _ signals: NamedSignals) async throws -> [Int] {
        var sent: [Int] = []
        for await notice in store.notices(of: id) {
            switch notice {
            case .events(let events):
                sent += events.map(\.sequence).filter { $0 > sent.last ?? 0 }
                if events.last?.kind == .succeeded { return sent }
            case .resynchronize:
                var operation: Operation?
                try await insist { operation = try await store.read(id, withEvents: true) }
                for event in operation?.events ?? [] where event.sequence > sent.last ?? 0 { sent.append(event.sequence) }
                signals.emit("watching")
                if operation?.status.isEnded == true { return sent }
            }
        }
        return sent
    }

    /// Repeats what is harmless to repeat until Redis is back.
    func insist(_ body: () async throws -> Void) async throws {
        while true {
            do {
                return try await body()
            } catch let error as StoreError where error.isTransient {
                continue
            }
        }
    }
}
