import Stepstream
import StepstreamTesting
import Synchronization
import Testing

@Suite("A wakeup", .timeLimit(.minutes(1)))
struct WakeupTests {
    @Test("goes on working after a wait that ended by its deadline")
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

    @Test("No raise is lost, whenever it comes: what was done before it is seen after the wait")
    func races() async {
        let wakeup = Wakeup()
        let done = Count()
        await withDiscardingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<1000 {
                        done.rise()
                        wakeup.raise()
                        if Bool.random() { await Task.yield() }
                    }
                }
            }
            // Ends only when the last raise is seen.
            while done.value < 4000 { await wakeup.wait(until: nil, on: .system) }
        }
    }

    @Test("A raise and a cancellation at the same time end the wait once, and leave it usable")
    func raiseAndCancellation() async {
        let wakeup = Wakeup()
        for _ in 0..<1000 {
            let task = Task.detached { await wakeup.wait(until: .seconds(1000), on: .system) }
            let raising = Task.detached { wakeup.raise() }
            if Bool.random() { await Task.yield() }
            task.cancel()
            await task.value
            await raising.value
        }
        wakeup.raise()
        await wakeup.wait(until: nil, on: .system)
    }
}

@Suite("A stop", .timeLimit(.minutes(1)))
struct StopTests {
    @Test("wakes all who wait, and all who come later")
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

    @Test("Raised before the wait it is seen by each, and raised twice it is as raised once")
    func raisedBefore() async {
        let stop = Stop()
        #expect(!stop.isRaised)
        stop.raise()
        stop.raise()
        for _ in 0..<2 { await stop.wait() }
        await stop.sleep(until: .seconds(1_000_000), on: .system)
        #expect(stop.isRaised)
    }

    @Test("The cancellation of one who waits wakes nobody else")
    func canceled() async throws {
        let stop = Stop()
        let signals = NamedSignals()
        let other = Task {
            await stop.wait()
            signals.emit("woken")
        }
        let canceled = Task { await stop.wait() }
        canceled.cancel()
        await canceled.value
        #expect(!stop.isRaised)
        #expect(signals.values(of: "woken").isEmpty)
        stop.raise()
        await other.value
    }

    @Test("A sleep ends at its deadline without it, and leaves nobody waiting")
    func sleep() async throws {
        let clock = ManualClock()
        let stop = Stop()
        async let sleeping: Void = stop.sleep(until: .seconds(5), on: ClockTime(clock))
        try await clock.waitForSleepers()
        clock.advance(by: .seconds(5))
        await sleeping
        #expect(!stop.isRaised)
    }

    @Test("Many who come, are canceled and are woken at the same time all go on")
    func races() async {
        for _ in 0..<200 {
            let stop = Stop()
            let tasks = (0..<8).map { _ in Task.detached { await stop.wait() } }
            let raising = (0..<2).map { _ in Task.detached { stop.raise() } }
            tasks[0].cancel()
            for task in tasks + raising { await task.value }
            #expect(stop.isRaised)
        }
    }
}

@Suite("An announcement", .timeLimit(.minutes(1)))
struct AnnouncementTests {
    @Test("reaches all who wait, and all who come later")
    func given() async {
        let announcement = Announcement<Int>()
        #expect(announcement.current == nil)
        await withDiscardingTaskGroup { group in
            for _ in 0..<20 { group.addTask { #expect(await announcement.value() == 1) } }
            announcement.give(1)
        }
        #expect(await announcement.value() == 1)
        #expect(announcement.current == 1)
    }

    @Test("counts once: a second value reaches nobody")
    func givenTwice() async {
        let announcement = Announcement<Int>()
        announcement.give(1)
        announcement.give(2)
        #expect(await announcement.value() == 1)
        #expect(announcement.current == 1)
    }

    @Test("A canceled task waits on for the value")
    func canceled() async {
        let announcement = Announcement<Int>()
        let task = Task { await announcement.value() }
        task.cancel()
        announcement.give(1)
        #expect(await task.value == 1)
    }

    @Test("Given by several at the same time, all who wait get the same value")
    func races() async {
        for _ in 0..<200 {
            let announcement = Announcement<Int>()
            let waiting = (0..<8).map { _ in Task.detached { await announcement.value() } }
            let giving = (0..<3).map { number in Task.detached { announcement.give(number) } }
            for task in giving { await task.value }
            for task in waiting { #expect(await task.value == announcement.current) }
        }
    }
}

private final class Count: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func rise() { state.withLock { $0 += 1 } }
}
