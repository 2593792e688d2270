import ServiceLifecycle
import Stepstream
import StepstreamTesting
import StepstreamWorker
import Testing
import StepstreamStore

@Suite("The end of a worker", .timeLimit(.minutes(1)))
struct ShutdownTests {
    private let signals = NamedSignals()

    @Test("What runs may finish within the grace time, and is committed")
    func finishes() async throws {
        try await Bench.with { bench in
            let release = Wakeup()
            let worker = Worker(
                .test("a:0"),
                store: bench.store,
                handlers: .acting([
                    "a": { [signals] _ in
                        signals.emit("began")
                        await release.wait(until: nil, on: .system)
                        return .succeeded(.null)
                    }
                ]),
                logger: .quiet
            )
            let first = try await bench.submit(.steps(["a"])).id
            try await withWorkers([worker]) { services in
                try await signals.wait(for: "began")
                await services.triggerGracefulShutdown()
                // Submitted now, it is nobody's: this worker claims nothing more.
                try await bench.submit(.steps(["a"]))
                release.raise()
            }
            #expect(try await bench.store.read(first, withEvents: false)?.status == .succeeded)
            #expect(signals.values(of: "began").count == 1)
        }
    }

    @Test("What does not finish is handed back at once, and no attempt is spent")
    func released() async throws {
        try await Bench.with { bench in
            var configuration = WorkerConfiguration.test("a:0", lease: 30_000)
            configuration.graceTime = .zero
            let ending = Worker(
                configuration,
                store: bench.store,
                handlers: .acting([
                    "a": { [signals] _ in
                        signals.emit("began")
                        await untilCanceled()
                        return .succeeded(.null)
                    }
                ]),
                logger: .quiet
            )
            let id = try await bench.submit(.steps(["a"])).id
            try await withWorkers([ending]) { _ in try await signals.wait(for: "began") }
            let returned = try #require(try await bench.store.read(id, withEvents: false))
            #expect(returned.steps["a"]?.status == .queued)
            #expect(returned.steps["a"]?.attempts == 0)
            // With a lease of 30 s the next one would have to wait for it, had the work not been handed back.
            let next = Worker(
                .test("b:0", lease: 30_000),
                store: bench.store,
                handlers: .acting(["a": { .succeeded(.integer($0.attempt)) }]),
                logger: .quiet
            )
            try await withWorkers([next]) { _ in
                let operation = try await bench.ended(id)
                #expect(operation.result?.text == "1")
                #expect(operation.steps["a"]?.crashes == 0)
            }
        }
    }

    @Test("What was claimed of several queues and waits for a free place is handed on at once; a long step is not waited for")
    func claimedRest() async throws {
        try await Bench.with { bench in
            let queues: [Name] = ["q1", "q2", "q3", "q4"]
            var ids: [OperationID] = []
            for queue in queues {
                for _ in 0..<4 { ids.append(try await bench.submit(.steps(["a"], queue: queue)).id) }
            }
            let release = Wakeup()
            var configuration = WorkerConfiguration.test("a:0", lease: 30_000)
            (configuration.queues, configuration.concurrency) = (queues, 4)
            let ending = Worker(
                configuration,
                store: bench.store,
                handlers: .acting([
                    "a": { [signals] _ in
                        signals.emit("began")
                        await release.wait(until: nil, on: .system)
                        return .succeeded(.null)
                    }
                ]),
                logger: .quiet
            )
            try await withWorkers([ending]) { services in
                try await signals.wait(for: "began", count: 4)
                await services.triggerGracefulShutdown()
                // With a lease of 30 s the other would have to wait for what the first one claimed, had it not been handed on.
                var second = WorkerConfiguration.test("b:0", lease: 30_000)
                second.queues = queues
                let other = Worker(second, store: bench.store, handlers: .acting(["a": { _ in .succeeded(.null) }]), logger: .quiet)
                try await withWorkers([other]) { _ in
                    var ended = 0
                    while ended < ids.count - 4 {
                        ended = try await bench.store.read(ids).count { $0?.status == .succeeded }
                    }
                    release.raise()
                    for id in ids { _ = try await bench.ended(id) }
                }
            }
        }
    }

    @Test("An idle worker ends at once, though it waits for messages")
    func idle() async throws {
        try await Bench.with { bench in
            let worker = Worker(
                .test("a:0"),
                store: bench.store,
                handlers: .acting(["a": { _ in .succeeded(.null) }]),
                logger: .quiet
            )
            try await withWorkers([worker]) { _ in try await bench.ended(bench.submit(.steps(["a"])).id) }
        }
    }

    @Test("A worker ends while the store is away")
    func storeAway() async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            store.cut(Set(FaultyStore.Call.allCases))
            let worker = Worker(
                .test("a:0", lease: 30_000),
                store: store,
                handlers: .acting(["a": { _ in .succeeded(.null) }]),
                logger: .quiet
            )
            try await withWorkers([worker]) { _ in
                try await bench.submit(.steps(["a"]))
                try await store.signals.wait(for: "begin")
            }
        }
    }

    @Test("Canceled, it ends although a handler does not care")
    func canceled() async throws {
        try await Bench.with { bench in
            let release = Wakeup()
            let worker = Worker(
                .test("a:0"),
                store: bench.store,
                handlers: .acting([
                    "a": { [signals] _ in
                        signals.emit("began")
                        await Task { await release.wait(until: nil, on: .system) }.value
                        return .succeeded(.null)
                    }
                ]),
                logger: .quiet
            )
            try await bench.submit(.steps(["a"]))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await signals.wait(for: "began")
                group.cancelAll()
                try await group.waitForAll()
            }
            release.raise()
        }
    }
}
