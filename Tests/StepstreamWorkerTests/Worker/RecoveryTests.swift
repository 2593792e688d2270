import Stepstream
import StepstreamTesting
import StepstreamWorker
import Testing
import StepstreamStore

@Suite("Recovery of abandoned work", .timeLimit(.minutes(1)))
struct RecoveryTests {
    private let signals = NamedSignals()

    private func worker(
        _ bench: Bench,
        _ configuration: WorkerConfiguration,
        store: (any OperationStore)? = nil,
        _ handler: @escaping @Sendable (StepContext) async throws -> Outcome
    ) -> Worker {
        Worker(configuration, store: store ?? bench.store, handlers: .acting(["a": handler]), logger: .quiet)
    }

    @Test("Work of a worker that died is taken over when its lease has run out, and counts as a crash")
    func takeOver() async throws {
        try await Bench.with { bench in
            let definition = Definition.steps(["a"])
            let id = try await bench.submit(definition).id
            // Begun by a process that then is no more.
            let (lease, begun) = try await bench.begin(definition, consumer: "dead:0", lease: 600)
            try await withWorkers([worker(bench, .test("b:0")) { _ in .succeeded(JSONText(trusted: "2")) }]) { _ in
                let operation = try await bench.ended(id)
                #expect(operation.status == .succeeded)
                #expect(operation.steps["a"]?.attempts == 1)
                #expect(operation.steps["a"]?.crashes == 1)
            }
            // The dead one comes back and wants to write.
            let decisions = Decisions(definition, version: definition.version)
            let late = decisions.settle(lease.message.work, of: begun, outcome: .succeeded(JSONText(trusted: "1")), in: .init(random: 0))
            guard case .lost = try await bench.store.commit(lease, of: begun, applying: late) else {
                Issue.record("a late commit was taken")
                return
            }
            #expect(try await bench.store.read(id, withEvents: false)?.result?.text == "2")
            #expect(await bench.isDrained())
        }
    }

    @Test("A worker cut off from Redis stops its handlers; another takes over, and what the first did then is not written")
    func cutOff() async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            let zombie = worker(bench, .test("a:0"), store: store) { [signals] context in
                signals.emit("began")
                await untilCanceled()
                signals.emit("stopped")
                return .succeeded(JSONText(trusted: "1"))
            }
            try await withWorkers([zombie]) { _ in
                let id = try await bench.submit(.steps(["a"])).id
                try await signals.wait(for: "began")
                store.cut(Set(FaultyStore.Call.allCases))
                try await signals.wait(for: "stopped")
                try await withWorkers([worker(bench, .test("b:0")) { _ in .succeeded(JSONText(trusted: "2")) }]) { _ in
                    let operation = try await bench.ended(id)
                    #expect(operation.result?.text == "2")
                    #expect(operation.steps["a"]?.crashes == 1)
                }
                store.heal()
            }
        }
    }

    @Test("A lease that is renewed is not taken over, however long the step runs")
    func renewed() async throws {
        try await Bench.with { bench in
            let release = Wakeup()
            // With one slot it cannot take the second operation.
            let slow = worker(bench, .test("a:0", concurrency: 1)) { [signals] _ in
                signals.emit("began")
                await release.wait(until: nil, on: .system)
                return .succeeded(.null)
            }
            let other = worker(bench, .test("b:0")) { [signals] _ in
                signals.emit("stolen")
                return .succeeded(.null)
            }
            try await withWorkers([slow]) { _ in
                let id = try await bench.submit(.steps(["a"])).id
                try await signals.wait(for: "began")
                try await withWorkers([other]) { _ in
                    // Three leases pass by Redis's own clock.
                    let timer = try await bench.submit(.steps(["a"], timeout: 30_000), notBefore: 1800)
                    try await signals.wait(for: "stolen")
                    try await bench.ended(timer)
                    release.raise()
                    let operation = try await bench.ended(id)
                    #expect(operation.steps["a"]?.crashes == 0)
                    #expect(signals.values(of: "stolen").count == 1)
                }
            }
        }
    }

    @Test("A step that kills its workers is given up after three of them, and others are run")
    func poison() async throws {
        try await Bench.with { bench in
            let definition = Definition.steps(["a"])
            let id = try await bench.submit(definition).id
            _ = try await bench.begin(definition, consumer: "dead:0", lease: 300)
            for number in 1...2 {
                // Each time another worker takes it over and dies with it.
                let store = FaultyStore(bench.store)
                let victim = worker(bench, .test("victim:\(number)", lease: 300), store: store) { [signals] _ in
                    store.cut(Set(FaultyStore.Call.allCases))
                    signals.emit("died")
                    await untilCanceled()
                    return .succeeded(.null)
                }
                try await withWorkers([victim]) { _ in
                    try await signals.wait(for: "died", count: number)
                    // Its lease is not renewed any more; it ends itself.
                    try await store.signals.wait(for: "renew")
                }
            }
            try await withWorkers([worker(bench, .test("b:0", lease: 300)) { _ in .succeeded(.null) }]) { _ in
                let operation = try await bench.ended(id)
                #expect(operation.status == .failed)
                #expect(operation.error?.text.contains("/problems/poison-step") == true)
                #expect(operation.steps["a"]?.crashes == 3)
                #expect(signals.values(of: "died").count == 2)
            }
        }
    }

    @Test("Many abandoned messages are all found, behind many that are held")
    func manyAbandoned() async throws {
        try await Bench.with { bench in
            let definition = Definition.steps(["a"])
            var ids: [OperationID] = []
            for _ in 0..<250 { ids.append(try await bench.submit(definition).id) }
            let source = bench.store.messageSource(queues: [Step.defaultQueue], consumer: "dead:0")
            let messages = try await source.reader.next(limit: 250)
            await source.control.close()
            #expect(messages.count == 250)
            for start in stride(from: 0, to: 250, by: 50) {
                let options = BeginOptions(consumer: "dead:0", lease: 500, definitions: [definition.version: definition])
                _ = try await bench.store.begin(Array(messages[start..<start + 50]), with: options)
            }
            try await withWorkers([worker(bench, .test("b:0", lease: 500, concurrency: 8)) { _ in .succeeded(.null) }]) { _ in
                for id in ids {
                    let operation = try await bench.ended(id)
                    #expect(operation.status == .succeeded)
                }
                #expect(await bench.isDrained())
            }
        }
    }

    @Test("Redis gone and back: the worker goes on, and living work is neither lost nor begun twice")
    func redisRestarted() async throws {
        let server = try await RedisServer.start(arguments: ["--appendonly", "yes", "--appendfsync", "always"])
        try await Bench.with(url: server.url) { bench in
            let release = Wakeup()
            let slow = worker(bench, .test("a:0", lease: 6000)) { [signals] context in
                signals.emit("began", value: context.operation.text)
                if context.input.text == "{}" { await release.wait(until: nil, on: .system) }
                return .succeeded(.null)
            }
            try await withWorkers([slow]) { _ in
                let id = try await bench.submit(.steps(["a"])).id
                try await signals.wait(for: "began")
                await server.kill9()
                try await server.restart()
                let other = try await bench.submitInsistently(.steps(["a"]), input: JSONText(trusted: "[]"))
                #expect(try await bench.endedInsistently(other).status == .succeeded)
                release.raise()
                let operation = try await bench.endedInsistently(id)
                #expect(operation.status == .succeeded)
                #expect(operation.steps["a"]?.crashes == 0)
                #expect(signals.values(of: "began").count == 2)
            }
        }
        await server.stop()
    }
}
