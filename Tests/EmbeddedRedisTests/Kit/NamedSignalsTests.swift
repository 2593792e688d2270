import StepstreamTesting
import Testing

@Suite("Named signals", .timeLimit(.minutes(1)))
struct NamedSignalsTests {
    @Test("A signal that came before the wait counts")
    func keeps() async throws {
        let signals = NamedSignals()
        signals.emit("claimed", value: "a")
        signals.emit("claimed", value: "b")
        #expect(try await signals.wait(for: "claimed", count: 2) == ["a", "b"])
        #expect(signals.values(of: "committed").isEmpty)
    }

    @Test("A wait ends with the signal that completes its count, and with no other")
    func waits() async throws {
        let signals = NamedSignals()
        async let claimed = signals.wait(for: "claimed", count: 2)
        async let second: Void = signals.wait(for: "claimed", of: "b")
        signals.emit("committed", value: "x")
        signals.emit("claimed", value: "a")
        signals.emit("claimed", value: "b")
        #expect(try await claimed == ["a", "b"])
        try await second
        signals.reset()
        #expect(signals.values(of: "claimed").isEmpty)
    }

    @Test("A cancelled wait throws CancellationError")
    func cancellation() async {
        let signals = NamedSignals()
        await withThrowingTaskGroup { group in
            group.addTask { try await signals.wait(for: "never") }
            group.cancelAll()
            let result = await group.nextResult()
            #expect(throws: CancellationError.self) { _ = try result?.get() }
        }
    }
}
