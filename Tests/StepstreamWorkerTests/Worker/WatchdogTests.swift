import Stepstream
import StepstreamTesting
@testable import StepstreamWorker
import Testing

@Suite("A worker that reads nothing", .timeLimit(.minutes(1)))
struct WatchdogTests {
    private static let renewed = "Messages wait but none is read; reconnecting"
    private let log = RecordingLog()

    /// Runs `body` with a worker whose reads go through a proxy, and everything else past it.
    private func withProxy(_ body: (Bench, Worker, FaultProxy) async throws -> Void) async throws {
        let server = try await RedisServer.start()
        let proxy = try await FaultProxy.start(to: #require(.init(unixURL: server.url)))
        let namespace = RedisServer.freshNamespace()
        try await Bench.with(url: server.url, namespace: namespace) { bench in
            try await Bench.with(url: proxy.endpoint.redisURL, namespace: namespace) { proxied in
                var configuration = WorkerConfiguration.test("a:0", concurrency: 2)
                configuration.watchPatience = .milliseconds(400)
                configuration.graceTime = .zero
                let handler: @Sendable (StepContext) async throws -> Outcome = { _ in .succeeded(.null) }
                let store = FaultyStore(bench.store, reading: proxied.store)
                try await body(bench, Worker(configuration, store: store, handlers: .acting(["a": handler]), logger: log.logger), proxy)
            }
        }
        try await proxy.stop()
        await server.stop()
    }

    @Test("makes its connection anew, and goes on when that helps")
    func recovers() async throws {
        try await withProxy { bench, worker, proxy in
            try await withWorkers([worker]) { _ in
                try await bench.ended(try await bench.submit(.steps(["a"])).id)
                proxy.set(.init(stallAfter: 0), on: .toClient)
                var ids: [OperationID] = []
                for _ in 0..<20 { ids.append(try await bench.submit(.steps(["a"])).id) }
                try await log.signals.wait(for: Self.renewed)
                proxy.heal()
                for id in ids { #expect(try await bench.ended(id).status == .succeeded) }
            }
        }
    }

    @Test("ends with an error that says why when a new connection does not help")
    func givesUp() async throws {
        try await withProxy { bench, worker, proxy in
            try await withThrowingTaskGroup(of: WorkerStalled?.self) { group in
                group.addTask {
                    do {
                        try await worker.run()
                        return nil
                    } catch let error as WorkerStalled {
                        return error
                    }
                }
                try await bench.ended(try await bench.submit(.steps(["a"])).id)
                // Nothing gets there either, so nothing is claimed and lost on the way.
                proxy.set(.init(stallAfter: 0), on: .toServer)
                proxy.set(.init(stallAfter: 0), on: .toClient)
                for _ in 0..<20 { try await bench.submit(.steps(["a"])) }
                let reason = try #require(try await group.next() ?? nil)
                #expect(reason.queue == Step.defaultQueue)
                #expect(reason.waiting > 0)
                #expect(log.lines.contains { $0.contains("the worker ends") })
            }
        }
    }

    @Test("is left alone while Redis refuses reads for a reason, and while its slots are taken")
    func reasons() async throws {
        let reads = Reads()
        reads.begin(at: .seconds(1))
        reads.begin(at: .seconds(2))
        #expect(reads.inVainSince == .seconds(1), "a read in vain does not begin the time anew")
        reads.restart()
        #expect(reads.inVainSince == nil)
        let retry = StoreRetry(stop: Stop(), clock: .system, logger: .quiet)
        await retry.pause(.claim, after: StoreError(.refused, "t"))
        #expect(retry.isRefused(.claim) && !retry.isRefused(.begin))
        retry.succeeded(.claim)
        #expect(!retry.isRefused(.claim))
        let slots = Slots(1)
        #expect(slots.hasFree)
        _ = await slots.take(upTo: 1, for: .fresh)
        #expect(!slots.hasFree)
    }
}
