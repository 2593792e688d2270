import StepstreamTesting
import Testing

@Suite("Manual clock", .timeLimit(.minutes(1)))
struct ManualClockTests {
    @Test("It stands still, and moves as far as it is told")
    func moves() {
        let clock = ManualClock()
        let start = clock.now
        clock.advance(by: .seconds(3))
        clock.advance(by: .milliseconds(500))
        #expect(start.duration(to: clock.now) == .milliseconds(3_500))
        #expect(start < clock.now)
    }

    @Test("Sleepers are woken at their own deadline, in order, and not before")
    func wakesInOrder() async throws {
        let clock = ManualClock()
        let signals = NamedSignals()
        try await withThrowingTaskGroup { group in
            for seconds in [30, 10, 20] {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    signals.emit("woken", value: "\(seconds)")
                }
            }
            try await clock.waitForSleepers(3)
            clock.advance(by: .seconds(9))
            #expect(signals.values(of: "woken").isEmpty)
            for (step, expected) in [(1, ["10"]), (10, ["10", "20"]), (10, ["10", "20", "30"])] {
                clock.advance(by: .seconds(step))
                #expect(try await signals.wait(for: "woken", count: expected.count) == expected)
            }
            try await group.waitForAll()
        }
    }

    @Test("A deadline that has passed does not suspend")
    func passedDeadline() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: .init(offset: .seconds(5)))
        try await clock.sleep(until: .init(offset: .seconds(1)))
        #expect(clock.now.offset == .seconds(5))
    }

    @Test("A cancelled sleeper is woken with CancellationError and no longer counted")
    func cancellation() async throws {
        let clock = ManualClock()
        await withThrowingTaskGroup { group in
            group.addTask { try await clock.sleep(for: .seconds(1)) }
            group.cancelAll()
            let result = await group.nextResult()
            #expect(throws: CancellationError.self) { try result?.get() }
        }
        // Nobody else sleeps, so the first sleeper seen is the new one.
        async let slept: Void = clock.sleep(for: .seconds(2))
        try await clock.waitForSleepers()
        clock.advance(by: .seconds(2))
        try await slept
    }
}
