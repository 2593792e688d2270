import Stepstream
import StepstreamTesting
import StepstreamWorker
import Synchronization
import Testing
import StepstreamStore

@Suite("Steps nobody knows the outcome of, and operations whose time is over", .timeLimit(.minutes(1)))
struct UnknownPolicyTests {
    private let signals = NamedSignals()
    private let cut = Problem(type: "/problems/handler-cut", title: "Cut")

    private func definition(_ policy: UnknownPolicy, attempts: Int = 2, undo: Undo = .none, timeout: Milliseconds? = nil) -> Definition {
        let retry = RetryPolicy(attempts: attempts, firstDelay: 1, jitter: .none)
        let step = Step(name: "pay", handler: .swift("pay"), retry: retry, onUnknown: policy, undo: undo)
        return Definition(type: "shop", deadline: timeout, steps: [step])
    }

    private var probing: UnknownPolicy { .probe(.init(handler: .swift("ask"))) }

    private func worker(
        _ bench: Bench,
        pay: @escaping @Sendable (StepContext) async throws -> Outcome,
        ask: @escaping @Sendable (StepContext) async throws -> ProbeAnswer = { _ in .notDone }
    ) -> Worker {
        var handlers = HandlerRegistry.acting(["pay": pay, "undo": { _ in .succeeded(.null) }])
        handlers.registerProbe("ask", body: ask)
        return Worker(.test("a:0"), store: bench.store, handlers: handlers, logger: .quiet)
    }

    @Test("A probe that finds the step done ends it with that result; the handler is not run again")
    func done() async throws {
        try await Bench.with { bench in
            let worker = worker(bench) { [signals, cut] context in
                signals.emit("pay", value: "\(context.idempotencyKey) \(context.epoch)")
                return .unknown(cut)
            } ask: { [signals] context in
                signals.emit("ask", value: "\(context.idempotencyKey) \(context.epoch)")
                #expect(context.isProbe && context.action == "probe")
                return .done(JSONText(trusted: #"{"paid":7}"#))
            }
            try await withWorkers([worker]) { _ in
                let operation = try await bench.ended(try await bench.submit(definition(probing)).id)
                #expect(operation.status == .succeeded)
                #expect(operation.result?.text == #"{"paid":7}"#)
                let (paid, asked) = (signals.values(of: "pay"), signals.values(of: "ask"))
                #expect(paid.count == 1)
                #expect(asked.count == 1)
                #expect(paid.first?.split(separator: " ").first == asked.first?.split(separator: " ").first, "the same key")
                #expect(paid.first ?? "" < asked.first ?? "", "a higher epoch")
            }
        }
    }

    @Test("A probe that finds the step not done lets the handler run in the very same attempt")
    func notDone() async throws {
        try await Bench.with { bench in
            let worker = worker(bench) { [cut] context in
                context.attempt == 1 ? .unknown(cut) : .failed(cut, retry: .never)
            }
            try await withWorkers([worker]) { _ in
                let undo = Undo.handler(.init(handler: .swift("undo")))
                let operation = try await bench.ended(try await bench.submit(definition(probing, undo: undo)).id)
                #expect(operation.status == .failed)
                #expect(operation.steps["pay"]?.attempts == 2)
                #expect(operation.steps["pay"]?.isUncertain == false)
                #expect(operation.phase == .done, "nothing was done, so nothing is undone")
            }
        }
    }

    @Test("A probe that never knows is asked once more than the handler may run, then the step is undone or held")
    func neverKnows() async throws {
        try await Bench.with { bench in
            let worker = worker(bench) { [signals, cut] _ in
                signals.emit("pay")
                return .unknown(cut)
            } ask: { [signals, cut] _ in
                signals.emit("ask")
                return .unknown(cut)
            }
            try await withWorkers([worker]) { _ in
                let held = try await bench.submit(definition(probing)).id
                let operation = try await bench.operation(held) { $0.phase == .waiting }
                #expect(operation.steps["pay"]?.status == .held)
                #expect(operation.steps["pay"]?.attempts == 3)
                #expect(operation.events.contains { $0.kind == .stepHeld })
                #expect(signals.values(of: "pay").count == 1)
                #expect(signals.values(of: "ask").count == 2)
                let undo = Undo.handler(.init(handler: .swift("undo")))
                let undone = try await bench.ended(try await bench.submit(definition(probing, attempts: 1, undo: undo)).id)
                #expect(undone.status == .failed)
                #expect(undone.phase == .undone)
            }
        }
    }

    @Test("A probe that throws, or whose handler another worker has, is not taken for an answer")
    func throwing() async throws {
        struct Lost: Error {}
        try await Bench.with { bench in
            let worker = worker(bench) { [cut] _ in
                .unknown(cut)
            } ask: { context in
                if context.attempt == 2 { throw Lost() }
                return .done(.null)
            }
            try await withWorkers([worker]) { _ in
                let operation = try await bench.ended(try await bench.submit(definition(probing)).id)
                #expect(operation.status == .succeeded)
                #expect(operation.steps["pay"]?.attempts == 3)
            }
            let executor = StepExecutor(
                store: bench.store,
                handlers: .acting(["pay": { _ in .succeeded(.null) }]),
                leases: LeaseKeeper(consumer: "b:0", length: 1000, store: bench.store, logger: .quiet),
                logger: .quiet
            )
            let decisions = Decisions(definition(probing), version: definition(probing).version)
            #expect(executor.missing(for: Work(.forward, "pay"), by: decisions) == .noHandler(.swift("ask")))
        }
    }

    @Test("A step that is to be held is held when its worker is lost, and when its worker ends while it runs")
    func lostWorker() async throws {
        try await Bench.with { bench in
            let definition = definition(.hold)
            let id = try await bench.submit(definition).id
            _ = try await bench.begin(definition, consumer: "dead:0", lease: 300)
            try await withWorkers([worker(bench, pay: { _ in .succeeded(.null) })]) { _ in
                let operation = try await bench.operation(id) { $0.phase == .waiting }
                #expect(operation.steps["pay"]?.crashes == 1)
                #expect(operation.steps["pay"]?.error?.text.contains("/problems/worker-lost") == true)
                #expect(await bench.isDrained())
            }
            var configuration = WorkerConfiguration.test("c:0")
            configuration.graceTime = .zero
            let pay: @Sendable (StepContext) async throws -> Outcome = { [signals] _ in
                signals.emit("runs")
                await untilCanceled()
                return .succeeded(.null)
            }
            let ending = Worker(configuration, store: bench.store, handlers: .acting(["pay": pay]), logger: .quiet)
            let second = try await bench.submit(definition).id
            try await withWorkers([ending]) { _ in try await signals.wait(for: "runs") }
            let operation = try #require(try await bench.store.read(second, withEvents: false))
            #expect(operation.steps["pay"]?.status == .held)
            #expect(operation.steps["pay"]?.error?.text.contains("/problems/worker-ends") == true)
        }
    }

    @Test("An operation whose total time is over fails, whether its step waits or runs")
    func overdue() async throws {
        try await Bench.with { bench in
            let worker = worker(bench) { [signals] _ in
                signals.emit("runs")
                await untilCanceled()
                return .succeeded(.null)
            }
            try await withWorkers([worker]) { _ in
                var elsewhere = definition(.retry, timeout: 200)
                elsewhere.steps[0].queue = "unread"
                for definition in [elsewhere, definition(.hold, timeout: 200)] {
                    let operation = try await bench.ended(try await bench.submit(definition).id)
                    #expect(operation.status == .failed)
                    #expect(operation.error?.text.contains("/problems/operation-deadline") == true)
                    #expect(operation.steps["pay"]?.status.isEnded == true)
                }
                #expect(signals.values(of: "runs").count == 1)
            }
        }
    }
}
