import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamWorker

@Suite("Waiting for events", .timeLimit(.minutes(1)))
struct WakeupTests {
    @Test("A wakeup goes on working after a wait that ended by its deadline")
    func afterDeadline() async throws {
        let clock = ManualClock()
        let wakeup = Wakeup()
        for _ in 0..<3 {
            async let waiting: Void = wakeup.wait(until: ClockTime(clock).now + .seconds(1), on: ClockTime(clock))
            try await clock.waitForSleepers()
            clock.advance(by: .seconds(1))
            await waiting
        }
        let signals = NamedSignals()
        async let waiting: Void = {
            await wakeup.wait(until: ClockTime(clock).now + .seconds(1), on: ClockTime(clock))
            signals.emit("woken")
        }()
        try await clock.waitForSleepers()
        #expect(signals.values(of: "woken").isEmpty)
        wakeup.raise()
        await waiting
    }

    @Test("Raised before the wait it is seen, once however often it was raised")
    func raisedBefore() async throws {
        let clock = ManualClock()
        let wakeup = Wakeup()
        wakeup.raise()
        wakeup.raise()
        await wakeup.wait(until: nil, on: ClockTime(clock))
        async let second: Void = wakeup.wait(until: .seconds(5), on: ClockTime(clock))
        try await clock.waitForSleepers()
        clock.advance(by: .seconds(5))
        await second
    }

    @Test("A wait ends when its task is canceled, and the next one waits again")
    func canceled() async {
        let wakeup = Wakeup()
        for _ in 0..<2 {
            let task = Task { await wakeup.wait(until: nil, on: .system) }
            task.cancel()
            await task.value
        }
        wakeup.raise()
        await wakeup.wait(until: nil, on: .system)
    }

    @Test("Stop wakes all who wait, and all who come later")
    func stop() async {
        let stop = Stop()
        await withDiscardingTaskGroup { group in
            for _ in 0..<4 { group.addTask { await stop.wait() } }
            group.addTask { await stop.sleep(until: ClockTime(ContinuousClock()).now + .seconds(1000), on: .system) }
            stop.raise()
        }
        await stop.wait()
        #expect(stop.isRaised)
    }
}
