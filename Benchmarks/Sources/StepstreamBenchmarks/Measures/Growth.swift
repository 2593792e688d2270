import Stepstream
import StepstreamWorker

/// Drains the same number of operations while something else grows: the backlog, the queues, the consumers.
struct Growth: Sendable {
    /// What was measured of one size.
    struct Point: Sendable {
        var rate: Double
        /// Milliseconds.
        var scriptTail: Double
        var slowCommands: Int
    }

    /// How many operations the rate is taken from.
    let measured: Int
    let inputBytes: Int

    private static let concurrency = 256
    private static let inFlight = 256

    /// With `waiting` operations in one queue.
    func backlog(of waiting: Int) async throws -> Point {
        try await drain(waiting, over: ["default"], consumers: 1)
    }

    /// With the operations spread over so many queues.
    func queues(_ count: Int) async throws -> Point {
        try await drain(measured, over: (0..<count).compactMap { Name("queue-\($0)") }, consumers: 1)
    }

    /// With so many workers, each with its own places for attempts, as when containers are added.
    func consumers(_ count: Int) async throws -> Point {
        try await drain(measured, over: ["default"], consumers: count)
    }

    private func drain(_ waiting: Int, over queues: [Name], consumers: Int) async throws -> Point {
        let workloads = try queues.map { queue in
            try Workload(inputBytes: inputBytes, type: queue, steps: [Step(name: "work", queue: queue, handler: .swift(Workload.handler))])
        }
        return try await Stand.with { stand in
            let ids = Workload.ids(waiting)
            for (number, workload) in workloads.enumerated() {
                let own = Array(ids[(number * waiting / workloads.count)..<((number + 1) * waiting / workloads.count)])
                try await workload.submit(own, to: stand.store, inFlight: Self.inFlight)
            }
            return try await measure(stand, ids, queues, consumers: consumers)
        }
    }

    private func measure(_ stand: Stand, _ ids: [OperationID], _ queues: [Name], consumers: Int) async throws -> Point {
        let tally = Tally()
        let target = min(measured, ids.count)
        let workers = (0..<consumers).map { number in
            var handlers = HandlerRegistry()
            handlers.register(Workload.handler, handler: tally)
            let configuration = WorkerConfiguration(queues: queues, concurrency: Self.concurrency, consumer: "bench:\(number)")
            return Worker(configuration, store: stand.store, handlers: handlers, logger: .silent)
        }
        return try await beside(workers.map { worker in { try await worker.run() } }) {
            // The beginning is another matter: groups are made, connections opened.
            while tally.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
            try await stand.startWatching()
            let (start, before) = (ContinuousClock.now, tally.count)
            // Begun is not done: many workers have begun much when the last operation is claimed. Of a larger backlog only one worker has.
            while tally.count < target || target == ids.count && workers.contains(where: { $0.running > 0 }) {
                try await Task.sleep(for: .milliseconds(1))
            }
            return Point(
                rate: Double(tally.count - before) / start.duration(to: .now).seconds,
                scriptTail: try await stand.info().scriptTail / 1000,
                slowCommands: try await stand.slowCommands()
            )
        }
    }
}
