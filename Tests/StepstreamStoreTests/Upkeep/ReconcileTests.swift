import Foundation
import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("The reconciler on a real Redis", .redis)
struct ReconcileTests {
    enum Loss: String, CaseIterable, Sendable {
        case stream, group, entries, consumers, timers, streamAndTimers, tail
    }

    @Test("whatever is lost but the operations themselves, every one of them ends", arguments: Loss.allCases)
    func everythingEnds(after loss: Loss) async throws {
        try await TestStore.run { test in
            let all = try await Assortment.make(test)
            try await test.lose(loss)
            _ = try await test.reconcileAll()
            try await test.drive(all.ids, all.definition)
            for id in all.ids { #expect(try await test.current(id).status.isEnded, "\(loss)") }
            #expect(try await test.reconcileAll().republished == [])
            #expect(try await test.call("ZCARD", "live").integer == 0)
            #expect(try await test.call("XLEN", "queue:default").integer == 0)
        }
    }

    @Test("what a message, a timer or a lease leads to is left alone, and what was lost is published once, however many look")
    func once() async throws {
        try await TestStore.run { test in
            let all = try await Assortment.make(test)
            #expect(try await test.reconcileAll(grace: 60_000).republished == [])
            let queued = try await test.call("XLEN", "queue:default").integer
            _ = try await test.call("DEL", "queue:default")
            let answers = try await withThrowingTaskGroup(of: [OperationID].self) { group in
                for _ in 0..<8 { group.addTask { try await test.reconcileAll(grace: 60_000).republished } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(answers).count == answers.count && !answers.isEmpty)
            #expect(!answers.contains(all.running), "a lease holds")
            // Two of the entries were those of the running ones.
            #expect(try await test.call("XLEN", "queue:default").integer == (queued ?? 0) - 2)
        }
    }

    @Test("a definition is kept as long as there is a live operation of it")
    func definitionKept() async throws {
        try await TestStore.run(configure: { $0.partitions = 3 }) { test in
            let definition = Definition.chain("work")
            for _ in 0..<10 { _ = try await test.submit(definition) }
            let keys = (0..<3).map { "\(test.namespace):{\($0)}:definition:\(definition.version)" }
            for key in keys { _ = try await test.client.send(RedisCommand("PEXPIRE", key, "60000")) }
            _ = try await test.reconcileAll()
            for key in keys {
                let life = try #require(try await test.client.send(RedisCommand("PTTL", key)).integer)
                #expect(life > 86_400_000)
            }
        }
    }

    @Test("an attempt whose lease has just run out is left to the sweep; without a grace no lease is taken for lost")
    func grace() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            _ = try await test.begin(definition, lease: 1)
            _ = try await test.call("DEL", "queue:default")
            #expect(try await test.reconcileAll(grace: 60_000).republished == [])
            #expect(try await test.store.reconcile(from: .start, limit: 100, grace: nil).republished == [])
            while try await test.reconcileAll(grace: 0).republished != [accepted.id] {}
        }
    }

    @Test("index entries without an operation go, ended operations leave the live ones, what needs a person is not touched")
    func index() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work", "more", undo: true)
            let gone = try await test.submit(definition)
            _ = try await test.call("DEL", "operation:\(gone.id)")
            _ = try await test.call("DEL", "queue:default")
            let stuck = try await test.undoFailed(definition)
            let before = try await test.call("HGETALL", "operation:\(stuck)").map(\.string)
            let ended = try await test.submit(.chain("work"))
            let (lease, begun) = try await test.begin(.chain("work"))
            _ = try await test.settle(.chain("work"), lease, begun, .succeeded(.null))
            _ = try await test.call("ZADD", "live", "1", ended.id.text)

            let answer = try await test.reconcileAll()
            #expect(answer.removed == 2)
            #expect(answer.republished == [] && answer.stranded == [])
            #expect(try await test.call("ZRANGE", "live", "0", "-1").map(\.string) == [stuck.text])
            #expect(try await test.call("HGETALL", "operation:\(stuck)").map(\.string) == before)
        }
    }

    @Test("messages and timers of operations that do not exist are acknowledged, deleted and counted")
    func orphans() async throws {
        try await TestStore.run { test in
            let definition = Definition.chain("work")
            let first = try await test.submit(definition)
            let second = try await test.submit(definition)
            for id in [first.id, second.id] { _ = try await test.call("DEL", "operation:\(id)") }
            let messages = try await test.claim(2)
            guard case .stale? = try await test.store.begin([messages[0]], with: test.options(definition)).first else {
                throw Unexpected(what: "begun")
            }
            try await test.store.snooze([messages[1]], after: 1, because: Problem(type: "t", title: "t"))
            let timer = "forward:default:work:\(definition.version):nobody"
            _ = try await test.call("ZADD", "timers", "1", timer)
            #expect(try await test.store.promoteDueTimers(limit: 10).promoted == 0)
            #expect(try await test.call("XLEN", "queue:default").integer == 0)
            #expect(try await test.call("ZCARD", "timers").integer == 0)
            #expect(try await test.call("HGET", "reconciler", "orphans").string == "3")
            #expect(try await test.call("EXISTS", "operation:nobody").integer == 0)
        }
    }

    @Test("a round is carried through a long index, in all partitions", arguments: [1, 3])
    func longIndex(partitions: Int) async throws {
        try await TestStore.run(configure: { $0.partitions = partitions }) { test in
            let definition = Definition.chain("work")
            try await withThrowingTaskGroup { group in
                for _ in 0..<1000 { group.addTask { _ = try await test.submit(definition) } }
                try await group.waitForAll()
            }
            for number in 0..<partitions {
                _ = try await test.client.send(RedisCommand("DEL", "\(test.namespace):{\(number)}:queue:default"))
            }
            var republished: [OperationID] = []
            var cursor = ReconcileCursor.start
            var calls = 0
            repeat {
                let answer = try await test.store.reconcile(from: cursor, limit: 100, grace: 0)
                #expect(answer.examined <= 500, "a call is bounded")
                republished += answer.republished
                cursor = answer.cursor
                calls += 1
            } while cursor != .start
            #expect(Set(republished).count == 1000 && republished.count == 1000)
            #expect(calls > 3)
        }
    }

    @Test("a turn is one consumer's until it has run out")
    func turns() async throws {
        try await TestStore.run { test in
            #expect(try await test.store.takeTurn(at: "reconcile", as: "a", for: 60_000))
            #expect(try await test.store.takeTurn(at: "reconcile", as: "b", for: 60_000) == false)
            #expect(try await test.store.takeTurn(at: "reconcile", as: "a", for: 1))
            while try await !test.store.takeTurn(at: "reconcile", as: "b", for: 60_000) {}
        }
    }

    @Test("after an older append-only file was put in place, all that it holds ends")
    func olderFile() async throws {
        try await TestStore.runAlone(arguments: ["--appendfsync", "always"]) { test, server in
            let all = try await Assortment.make(test)
            let folder = server.folder + "/appendonlydir"
            try FileManager.default.copyItem(atPath: folder, toPath: server.folder + "/older")
            // Later things happened, and are forgotten by what comes back.
            _ = try await test.submit(all.definition)
            try await test.drive(Array(all.ids.prefix(3)), all.definition, steps: 3)
            await server.kill9()
            try FileManager.default.removeItem(atPath: folder)
            try FileManager.default.moveItem(atPath: server.folder + "/older", toPath: folder)
            try await server.restart()
            try await test.insist { _ = try await test.store.read(all.running, withEvents: false) }
            _ = try await test.reconcileAll()
            try await test.drive(all.ids, all.definition)
            for id in all.ids { #expect(try await test.current(id).status.isEnded) }
        }
    }
}

/// Operations in every state that something must lead on from.
struct Assortment {
    let definition: Definition
    var ids: [OperationID] = []
    var running = OperationID.random()

    static func make(_ test: TestStore) async throws -> Assortment {
        let retry = RetryPolicy(attempts: 3, firstDelay: 0, jitter: .none)
        let undo = Undo.handler(.init(handler: .swift("undo"), retry: retry))
        let steps = ["work", "more"].map { (name: Name) in Step(name: name, handler: .swift(name), retry: retry, undo: undo) }
        let definition = Definition(type: "assorted", steps: steps)
        let decisions = Decisions(definition, version: definition.version)
        var all = Assortment(definition: definition)
        let problem = Problem(type: "/problems/t", title: "t")
        // Waits for a retry; is being undone; runs; its worker died; each was the only one in the queue.
        for kind in 0..<4 {
            let id = try await test.submit(definition).id
            all.ids.append(id)
            let (lease, begun) = try await test.begin(definition, consumer: "worker-\(kind)", lease: kind == 2 ? 60_000 : 1)
            if kind == 0 { _ = try await test.settle(definition, lease, begun, .unknown(problem)) }
            if kind == 1 {
                _ = try await test.settle(definition, lease, begun, .succeeded(.null))
                let (second, more) = try await test.begin(definition, consumer: "worker-1")
                _ = try await test.settle(definition, second, more, .failed(problem, retry: .never))
                _ = try await test.claim(consumer: "worker-1")
            }
            if kind == 2 { all.running = id }
        }
        for _ in 0..<3 { all.ids.append(try await test.submit(definition).id) }
        let later = OperationID.random()
        var submission = test.submission(definition, id: later)
        submission.notBefore = 1
        submission.transition = decisions.submit(later, inline: false, recovery: 1, notBefore: 1)
        _ = try await test.store.submit(submission)
        all.ids.append(later)
        return all
    }
}

extension TestStore {
    /// A command on a key of the test's namespace.
    func call(_ name: String, _ key: String, _ rest: String...) async throws -> RedisReply {
        var arguments = RedisArguments()
        arguments.append("\(namespace):{0}:\(key)")
        for text in rest { arguments.append(text) }
        return try await client.send(RedisCommand(name, arguments))
    }

    func lose(_ loss: ReconcileTests.Loss) async throws {
        switch loss {
        case .stream: _ = try await call("DEL", "queue:default")
        case .timers: _ = try await call("DEL", "timers")
        case .streamAndTimers: for key in ["queue:default", "timers", "queues", "turn:reconcile"] { _ = try await call("DEL", key) }
        case .group:
            _ = try await client.send(RedisCommand("XGROUP", "DESTROY", "\(namespace):{0}:queue:default", "workers"))
        case .entries:
            for entry in try await call("XRANGE", "queue:default", "-", "+").compactMap({ $0[0].string }) {
                _ = try await call("XDEL", "queue:default", entry)
            }
        case .consumers:
            for number in 0..<4 {
                let command = RedisCommand("XGROUP", "DELCONSUMER", "\(namespace):{0}:queue:default", "workers", "worker-\(number)")
                _ = try await client.send(command)
            }
        case .tail: _ = try await call("XTRIM", "queue:default", "MAXLEN", "1")
        }
    }

    /// A whole round.
    func reconcileAll(grace: Milliseconds = 0) async throws -> ReconcileAnswer {
        var all = ReconcileAnswer()
        repeat {
            let answer = try await store.reconcile(from: all.cursor, limit: 100, grace: grace)
            all.republished += answer.republished
            all.removed += answer.removed
            all.timers += answer.timers
            all.stranded += answer.stranded
            all.cursor = answer.cursor
        } while all.cursor != .start
        return all
    }

    /// Works as workers do, sweeps and rounds included, until `ids` have ended.
    func drive(_ ids: [OperationID], _ definition: Definition, steps: Int = .max) async throws {
        let source = store.messageSource(queues: ["default"], consumer: "last")
        var done = 0
        // Its holder never comes back: what it runs is begun again when its lease is over, so that is brought forward.
        for id in ids where try await current(id).steps["work"]?.status == .running {
            _ = try await call("HSET", "operation:\(id)", "step:work:lease", "1 1 nobody")
        }
        while done < steps {
            if try await store.read(ids).allSatisfy({ $0?.status.isEnded == true }) { break }
            _ = try await reconcileAll()
            _ = try await store.promoteDueTimers(limit: 100)
            var messages = try await store.reclaim("default", consumer: "last", idle: 0, cursor: .start).messages
            // A read that finds nothing would wait.
            let queue = await store.health().queues.first
            if let queue, queue.length > queue.pending { messages += try await source.reader.next(limit: 100) }
            for message in messages {
                guard
                    case .begun(let lease, let begun)? = try await store.begin([message], with: options(definition, consumer: "last")).first
                else { continue }
                _ = try await settle(definition, lease, begun, .succeeded(.null))
                done += 1
            }
        }
        await source.control.close()
    }

    /// An operation whose undo failed for good.
    func undoFailed(_ definition: Definition) async throws -> OperationID {
        let id = try await submit(definition).id
        let problem = Problem(type: "/problems/t", title: "t")
        let (lease, begun) = try await begin(definition)
        _ = try await settle(definition, lease, begun, .succeeded(.null))
        let (second, more) = try await begin(definition)
        _ = try await settle(definition, second, more, .failed(problem, retry: .never))
        let (undo, undoing) = try await begin(definition)
        _ = try await settle(definition, undo, undoing, .failed(problem, retry: .never))
        guard try await current(id).phase == .undoFailed else { throw Unexpected(what: "the undo did not fail") }
        return id
    }
}
