import Logging
import Stepstream
import StepstreamWorker

/// One worker in this process.
struct WorkerRun: Sendable {
    private let worker: Worker

    init(_ store: any OperationStore, concurrency: Int, handler: any StepHandler) {
        var handlers = HandlerRegistry()
        handlers.register(Workload.handler, handler: handler)
        self.init(store, concurrency: concurrency, handlers: handlers)
    }

    init(_ store: any OperationStore, concurrency: Int, handlers: HandlerRegistry) {
        let configuration = WorkerConfiguration(concurrency: concurrency, consumer: "bench:0")
        worker = Worker(configuration, store: store, handlers: handlers, logger: .silent)
    }

    /// Runs the worker for as long as `body` does.
    func during<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await beside([worker.run], body)
    }

    /// Returns when `count` attempts have been made and all of them are committed.
    func waitUntilDone(_ count: Int, _ tally: Tally) async throws {
        while tally.count < count || worker.running > 0 { try await Task.sleep(for: .milliseconds(2)) }
    }
}
