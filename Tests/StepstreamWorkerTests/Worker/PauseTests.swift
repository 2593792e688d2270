import Stepstream
import StepstreamTesting
import StepstreamWorker
import Testing
import StepstreamStore

@Suite("Workers and paused queues", .timeLimit(.minutes(1)))
struct PauseTests {
    @Test("A worker leaves a paused queue alone, works on the others, and takes it up again when it is resumed")
    func resumed() async throws {
        try await Bench.with { bench in
            let paused = Definition(type: "test", steps: [Step(name: "a", queue: "one", handler: .swift("a"))])
            let other = Definition(type: "test", steps: [Step(name: "a", queue: "two", handler: .swift("a"))])
            _ = try await bench.store.pause("one")
            let waiting = try await bench.submit(paused).id
            var configuration = WorkerConfiguration.test("a:0")
            configuration.queues = ["one", "two"]
            let worker = Worker(
                configuration,
                store: bench.store,
                handlers: .acting(["a": { _ in .succeeded(.null) }]),
                logger: .quiet
            )
            try await withWorkers([worker]) { _ in
                for _ in 0..<5 {
                    let id = try await bench.submit(other).id
                    #expect(try await bench.ended(id).status == .succeeded)
                }
                #expect(try await bench.store.read(waiting, withEvents: false)?.status == .notStarted)
                _ = try await bench.store.resume("one")
                #expect(try await bench.ended(waiting).status == .succeeded)
            }
        }
    }
}
