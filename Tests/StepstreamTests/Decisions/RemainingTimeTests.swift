import Stepstream
import Testing

@Suite("What Retry-After tells")
struct RemainingTimeTests {
    private let definition = Definition(
        type: "order",
        steps: [
            Step(name: "reserve", mode: .sync, handler: .swift("reserve")),
            Step(name: "charge", queue: "payments", handler: .swift("charge")),
            Step(name: "mail", queue: "mails", handler: .swift("mail")),
        ]
    )

    private func operation(_ statuses: [Name: StepStatus], startedAt: Milliseconds? = nil) -> Operation {
        var generator = SystemRandomNumberGenerator()
        let id = OperationID.timeOrdered(milliseconds: 1, using: &generator)
        var operation = Operation(id: id, type: "order", definition: definition.version, status: .running, input: .null)
        operation.updatedAt = 10_000
        for (name, status) in statuses {
            operation.steps[name] = StepRecord(status)
            operation.steps[name]?.startedAt = startedAt
        }
        return operation
    }

    private func seconds(
        _ statuses: [Name: StepStatus],
        startedAt: Milliseconds? = nil,
        runs: [Name: Milliseconds] = [:],
        waits: [Name: Milliseconds] = [:],
        now: Milliseconds = 10_000
    ) -> Int? {
        RemainingTime(runs: runs, waits: waits).seconds(of: operation(statuses, startedAt: startedAt), definition: definition, now: now)
    }

    @Test("Nothing measured, nothing told")
    func unknown() {
        #expect(seconds(["reserve": .queued]) == nil)
        #expect(seconds(["reserve": .succeeded, "charge": .running], runs: ["reserve": 900]) == nil)
    }

    @Test("Steps that are ahead, rounded up; what runs has done a part of it already")
    func ahead() {
        let runs: [Name: Milliseconds] = ["reserve": 50_000, "charge": 4000, "mail": 1500]
        #expect(seconds(["reserve": .succeeded, "charge": .queued], runs: runs) == 6)
        #expect(seconds(["reserve": .succeeded, "charge": .running], startedAt: 7000, runs: runs) == 3)
        #expect(seconds(["reserve": .succeeded, "charge": .running], startedAt: 1, runs: runs) == 2)
    }

    @Test("Queues that are behind count, less what was waited already")
    func behind() {
        let waits: [Name: Milliseconds] = ["payments": 30_000, "mails": 2000]
        #expect(seconds(["reserve": .succeeded, "charge": .queued], waits: waits) == 32)
        #expect(seconds(["reserve": .succeeded, "charge": .queued], waits: waits, now: 20_000) == 22)
        #expect(seconds(["reserve": .succeeded, "charge": .queued], waits: waits, now: 90_000) == 2)
    }

    @Test("Never under a second or over five minutes; a beginning that is set counts")
    func bounds() {
        #expect(seconds(["mail": .running], startedAt: 1, runs: ["mail": 5]) == 1)
        #expect(seconds(["mail": .queued], runs: ["mail": 900_000_000]) == 300)
        var later = operation([:])
        later.status = .notStarted
        later.notBefore = 70_000
        #expect(RemainingTime(runs: [:], waits: [:]).seconds(of: later, definition: definition, now: 10_000) == 60)
    }

    @Test("A mean that forgets")
    func mean() {
        var mean = DecayingMean(100)
        for _ in 0..<50 { mean.take(200) }
        #expect(abs(mean.value - 200) < 1)
    }
}
