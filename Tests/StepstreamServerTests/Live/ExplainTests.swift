import Stepstream
import StepstreamTesting
import Testing

@Suite("Explaining an operation", .timeLimit(.minutes(2)))
struct ExplainTests {
    private static func undo(queue: Name? = nil) -> Undo {
        let retry = RetryPolicy(attempts: 3, firstDelay: 60_000, maxDelay: 60_000, jitter: .none)
        return .handler(Undo.Compensation(handler: .swift("undo"), queue: queue, retry: retry))
    }

    private static let trip = Definition(
        type: "trip",
        steps: [
            Step(name: "flight", queue: "travel", handler: .swift("book"), undo: undo()),
            Step(name: "hotel", queue: "travel", handler: .swift("book"), undo: undo(queue: "refunds")),
            Step(name: "pay", queue: "payments", handler: .swift("pay"), undo: undo()),
        ]
    )

    private func open(_ server: TestServer) async throws -> [JSONNode] {
        let answer = try await server.get("/v1/operations/o/explain")
        #expect(answer.status == 200)
        return try #require(try answer.json().member("open")?.elements)
    }

    private func told(_ open: [JSONNode]) -> [String] {
        open.map { work in
            ["direction", "step", "status", "queue"].map { work[$0] ?? "-" }.joined(separator: " ")
        }
    }

    @Test("An undo without a queue of its own shows its step's queue, and when its next attempt is due")
    func undos() async throws {
        try await TestServer.with([Self.trip]) { server in
            _ = try await server.submit("trip", ["Operation-Id": "o"])
            #expect(
                told(try await open(server)) == [
                    "forward flight Queued travel", "forward hotel Waiting travel", "forward pay Waiting payments",
                ]
            )
            for _ in 0..<2 { try await server.work(on: Self.trip, queue: "travel", .succeeded(.null)) }
            let problem = Problem(type: "/problems/handler-refused", title: "No", status: 402)
            try await server.work(on: Self.trip, queue: "payments", .failed(problem, retry: .never))
            // What failed without an effect is not undone.
            let undoing = try await open(server)
            #expect(told(undoing) == ["undo hotel Queued refunds", "undo flight Waiting travel"])
            #expect(undoing.allSatisfy { $0["dueAt"] == nil })

            try await server.work(on: Self.trip, queue: "refunds", .succeeded(.null))
            let before = try await server.stored("o").updatedAt
            try await server.work(on: Self.trip, queue: "travel", .failed(problem, retry: .byPolicy(after: nil)))
            let retrying = try await open(server)
            #expect(told(retrying) == ["undo flight Retrying travel"])
            #expect(retrying.first?.member("attempts")?.int64 == 1)
            let due = try #require(retrying.first?["dueAt"].flatMap(Timestamp.parse))
            #expect((before.count + 60_000...before.count + 120_000).contains(due.count))
        }
    }
}
