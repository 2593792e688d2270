import StepstreamTesting
import Testing

@testable import StepstreamWorker

@Suite("Slots", .timeLimit(.minutes(1)))
struct SlotsTests {
    @Test("No more are given out than there are")
    func limit() async {
        let slots = Slots(3)
        #expect(await slots.someFree(for: .fresh) == 3)
        #expect(await slots.take(upTo: 2, for: .fresh) == 2)
        #expect(await slots.take(upTo: 2, for: .fresh) == 1)
        #expect(slots.taken == 3)
        slots.release(3)
        #expect(await slots.someFree(for: .fresh) == 3)
    }

    @Test("Whoever waits is woken when some are given back")
    func wakes() async {
        let slots = Slots(1)
        _ = await slots.take(upTo: 1, for: .fresh)
        async let waiting = slots.take(upTo: 1, for: .fresh)
        slots.release(1)
        #expect(await waiting == 1)
    }

    @Test("Recovered work goes first when both wait")
    func recoveredFirst() async throws {
        let slots = Slots(1)
        let signals = NamedSignals()
        _ = await slots.take(upTo: 1, for: .fresh)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for kind in [Slots.Kind.fresh, .recovered] {
                group.addTask {
                    signals.emit("waits")
                    _ = await slots.take(upTo: 1, for: kind)
                    signals.emit("took", value: "\(kind)")
                    slots.release(1)
                }
            }
            try await signals.wait(for: "waits", count: 2)
            // Both stand in line by now, or find the place taken when they come.
            while !slots.isWaitedFor { await Task.yield() }
            slots.release(1)
            try await group.waitForAll()
        }
        #expect(signals.values(of: "took") == ["recovered", "fresh"])
    }

    @Test("Closed, it gives nothing more, to those who wait neither")
    func closed() async {
        let slots = Slots(1)
        _ = await slots.take(upTo: 1, for: .fresh)
        async let fresh = slots.someFree(for: .fresh)
        async let recovered = slots.take(upTo: 1, for: .recovered)
        slots.close()
        #expect(await fresh == nil)
        #expect(await recovered == 0)
        slots.release(1)
        #expect(await slots.take(upTo: 1, for: .fresh) == 0)
    }

    @Test("Many takers never exceed the limit and all get their turn")
    func contention() async {
        let slots = Slots(4)
        await withDiscardingTaskGroup { group in
            for kind in [Slots.Kind.fresh, .recovered] {
                group.addTask {
                    for _ in 0..<2000 {
                        let taken = await slots.take(upTo: 3, for: kind)
                        #expect(taken > 0 && slots.taken <= 4)
                        await Task.yield()
                        slots.release(taken)
                    }
                }
            }
        }
        #expect(slots.taken == 0)
    }
}
