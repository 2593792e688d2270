import Stepstream
import StepstreamTesting
import StepstreamWorker
import Synchronization
import Testing
import StepstreamStore

@Suite("A worker, from claim to commit", .timeLimit(.minutes(1)))
struct WorkerTests {
    private let signals = NamedSignals()

    private func worker(
        _ bench: Bench,
        _ configuration: WorkerConfiguration = .test("a:0"),
        store: (any OperationStore)? = nil,
        handlers: [Name: @Sendable (StepContext) async throws -> Outcome]
    ) -> Worker {
        Worker(configuration, store: store ?? bench.store, handlers: .acting(handlers), logger: .quiet)
    }

    private static let one: @Sendable (StepContext) async throws -> Outcome = { _ in .succeeded(JSONText(trusted: "1")) }

    @Test("Many operations of one and of three steps all succeed, and nothing is left over")
    func many() async throws {
        try await Bench.with { bench in
            let three: [Name: @Sendable (StepContext) async throws -> Outcome] = [
                "a": Self.one, "b": Self.one, "c": { .succeeded(.array($0.results.map { .string($0.step.text) })) },
            ]
            try await withWorkers([worker(bench, handlers: three), worker(bench, .test("b:0"), handlers: three)]) { _ in
                let ids = try await withThrowingTaskGroup(of: OperationID.self) { group in
                    for number in 0..<400 {
                        group.addTask { try await bench.submit(.steps(number.isMultiple(of: 2) ? ["a"] : ["a", "b", "c"])).id }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for id in ids { try await bench.ended(id) }
                let ended = try await bench.store.read(ids).compactMap { $0 }
                #expect(ended.count == 400)
                #expect(ended.allSatisfy { $0.status == .succeeded && $0.steps.values.allSatisfy { $0.attempts == 1 && $0.crashes == 0 } })
                #expect(ended.count { $0.result?.text == #"["a","b"]"# } == 200)
                #expect(await bench.isDrained())
            }
        }
    }

    @Test("No more attempts run at once than the configuration says")
    func concurrency() async throws {
        try await Bench.with { bench in
            let running = Mutex((now: 0, most: 0))
            let signals = NamedSignals()
            let busy: @Sendable (StepContext) async throws -> Outcome = { _ in
                running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                signals.emit("began")
                // So many do run at once: the first go on only when three are there.
                try await signals.wait(for: "began", count: 3)
                for _ in 0..<20 { await Task.yield() }
                running.withLock { $0.now -= 1 }
                return .succeeded(.null)
            }
            var ids: [OperationID] = []
            for _ in 0..<40 { ids.append(try await bench.submit(.steps(["a"])).id) }
            try await withWorkers([worker(bench, .test("a:0", concurrency: 3), handlers: ["a": busy])]) { _ in
                for id in ids { try await bench.ended(id) }
            }
            #expect(running.withLock(\.most) == 3)
        }
    }

    @Test("A failure is tried again after its delay, and Retry-After is waited for")
    func retry() async throws {
        try await Bench.with { bench in
            let flaky: @Sendable (StepContext) async throws -> Outcome = { context in
                let problem = Problem(type: "/p", title: "not yet")
                return context.attempt < 3
                    ? .failed(problem, retry: .byPolicy(after: context.attempt == 2 ? 150 : nil)) : .succeeded(.integer(context.attempt))
            }
            try await withWorkers([worker(bench, handlers: ["a": flaky])]) { _ in
                let operation = try await bench.ended(bench.submit(.steps(["a"])).id)
                #expect(operation.status == .succeeded)
                #expect(operation.result?.text == "3")
                let retrying = operation.events.filter { $0.kind == .stepRetrying }
                #expect(retrying.count == 2)
                let delayed = try #require(retrying.last)
                let next = try #require(operation.events.first { $0.sequence > delayed.sequence })
                #expect(next.time.count - delayed.time.count >= 150)
            }
        }
    }

    @Test("A failed operation is undone, newest step first")
    func undo() async throws {
        try await Bench.with { bench in
            var definition = Definition.steps(["a", "b", "c"])
            for index in 0...1 {
                definition.steps[index].undo = .handler(.init(handler: .swift("undo")))
            }
            let handlers: [Name: @Sendable (StepContext) async throws -> Outcome] = [
                "a": Self.one, "b": Self.one, "c": { _ in .failed(Problem(type: "/p", title: "no"), retry: .never) },
                "undo": { [signals] context in
                    signals.emit("undone", value: context.work.step.text)
                    return .succeeded(.null)
                },
            ]
            try await withWorkers([worker(bench, handlers: handlers)]) { _ in
                let operation = try await bench.ended(bench.submit(definition).id)
                #expect(operation.status == .failed)
                #expect(operation.phase == .undone)
                #expect(signals.values(of: "undone") == ["b", "a"])
            }
        }
    }

    @Test("A running attempt is told that its operation is to be canceled")
    func cancel() async throws {
        try await Bench.with { bench in
            let definition = Definition.steps(["a"])
            let hanging: @Sendable (StepContext) async throws -> Outcome = { [signals] _ in
                signals.emit("began")
                await untilCanceled()
                return .succeeded(.null)
            }
            try await withWorkers([worker(bench, .test("a:0", lease: 30_000), handlers: ["a": hanging])]) { _ in
                let id = try await bench.submit(definition).id
                try await signals.wait(for: "began")
                let current = try #require(try await bench.store.read(id, withEvents: false))
                let transition = try #require(Decisions(definition, version: definition.version).cancel(current))
                _ = try await bench.store.apply(transition, to: current)
                let operation = try await bench.ended(id)
                #expect(operation.cancelRequested)
                #expect(operation.status == .canceled || operation.status == .failed)
            }
        }
    }

    @Test("A step nobody here can run is put back without an attempt, and run by a worker that can")
    func noHandler() async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            let id = try await bench.submit(.steps(["a"])).id
            try await withWorkers([worker(bench, store: store, handlers: [:])]) { _ in
                try await store.signals.wait(for: "was snoozed", count: 3)
                let waiting = try #require(try await bench.store.read(id, withEvents: false))
                #expect(waiting.steps["a"]?.attempts == 0)
                #expect(waiting.steps["a"]?.error?.text.contains("/problems/no-handler") == true)
                #expect(waiting.status == .notStarted)
            }
            try await withWorkers([worker(bench, .test("b:0"), handlers: ["a": Self.one])]) { _ in
                let operation = try await bench.ended(id)
                #expect(operation.status == .succeeded)
                #expect(operation.steps["a"]?.attempts == 1)
            }
        }
    }

    @Test("No attempt is spent while the store refuses to begin", arguments: [StoreError.Code.refused, .unavailable])
    func beginRefused(code: StoreError.Code) async throws {
        try await Bench.with { bench in
            let store = FaultyStore(bench.store)
            store.cut([.begin], code)
            try await withWorkers([worker(bench, .test("a:0", lease: 30_000), store: store, handlers: ["a": Self.one])]) { _ in
                let id = try await bench.submit(.steps(["a"])).id
                try await store.signals.wait(for: "begin", count: 3)
                store.heal()
                let operation = try await bench.ended(id)
                #expect(operation.status == .succeeded)
                #expect(operation.steps["a"]?.attempts == 1)
                #expect(operation.steps["a"]?.crashes == 0)
            }
        }
    }

    @Test("Messages that cannot be run keep no slot")
    func slotsComeBack() async throws {
        try await Bench.with { bench in
            // More unrunnable messages than slots: none of them may keep a slot.
            for _ in 0..<40 { try await bench.submit(.steps(["other"])) }
            try await withWorkers([worker(bench, .test("a:0", concurrency: 2), handlers: ["a": Self.one])]) { _ in
                let operation = try await bench.ended(bench.submit(.steps(["a"])).id)
                #expect(operation.status == .succeeded)
            }
        }
    }
}

extension JSONText {
    static func integer(_ number: Int) -> JSONText { JSONText(trusted: String(number)) }
}
