import AsyncHTTPClient
import Stepstream
import StepstreamWorker

/// Drains operations that are more than one step of nothing: five steps, and a step that calls a service over HTTP.
struct Variants: Sendable {
    let plan: Plan

    func round(into report: inout Report) async throws {
        let names: [Name] = ["one", "two", "three", "four", "five"]
        let five = try Workload(inputBytes: plan.inputBytes, steps: names.map { Step(name: $0, handler: .swift(Workload.handler)) })
        let count = plan.operations / 4
        let steps = try await Stand.with { try await drained(five, count, attempts: count * 5, $0) }
        report.add(steps.rate, .fiveRate)
        report.add(cost: steps, in: .five)

        let service = try MeasuredProgram(OverHTTP.program("stepstream-bench"), ["answer"], environment: OverHTTP.environment, port: 0)
        defer { service.stop() }
        try await service.waitUntilReady()
        let call = HandlerReference.http(.init(url: "http://127.0.0.1:\(service.port)/handler"))
        let workload = try Workload(inputBytes: plan.inputBytes, steps: [Step(name: "work", handler: call)])
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup,
            configuration: HTTPHandler.clientConfiguration(concurrency: plan.concurrency)
        )
        let calls: Span
        do {
            calls = try await Stand.with { stand in
                try await drained(workload, count, attempts: count, stand, HTTPHandler(client: client, logger: .silent))
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        report.add(calls.rate, .handlerRate)
        report.add(cost: calls, in: .handler)
    }

    private func drained(
        _ workload: Workload,
        _ count: Int,
        attempts: Int,
        _ stand: Stand,
        _ http: HTTPHandler? = nil
    ) async throws -> Span {
        let ids = Workload.ids(count)
        try await workload.submit(ids, to: stand.store, inFlight: plan.inFlight)
        let tally = Tally()
        var handlers = HandlerRegistry(http: http.map { Tallied(handler: $0, tally: tally) })
        handlers.register(Workload.handler, handler: tally)
        let run = WorkerRun(stand.store, concurrency: plan.concurrency, handlers: handlers)
        return try await run.during {
            let before = try await Snapshot.before(stand)
            try await run.waitUntilDone(attempts, tally)
            let after = try await Snapshot.after(stand)
            try await workload.expectSuccess(of: ids, in: stand.store)
            return Span(from: before, to: after, operations: count)
        }
    }
}
