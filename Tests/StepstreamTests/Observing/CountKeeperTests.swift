import Logging
import ServiceLifecycle
import Stepstream
import StepstreamMetrics
import StepstreamTesting
import Synchronization
import Testing

@testable import Stepstream

@Suite("Counting what happens", .timeLimit(.minutes(1)))
struct CountKeeperTests {
    /// Keeps what it is given, or refuses it.
    private final class Shelf: CountStore {
        let signals = NamedSignals()
        private let state = Mutex((kept: OperationCounts(), isAway: false))

        var kept: OperationCounts { state.withLock { $0.kept } }
        func goAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

        func add(_ counts: OperationCounts) async throws(StoreError) {
            let isAway = state.withLock { state in
                if !state.isAway { state.kept.add(counts) }
                return state.isAway
            }
            signals.emit(isAway ? "refused" : "added")
            if isAway { throw StoreError(.unavailable, "away") }
        }

        func counts(ofLast minutes: Int) async throws(StoreError) -> [MinuteCounts] { [] }
    }

    @Test("what happens is handed on after a second, what could not be again, and the rest at the end")
    func flush() async throws {
        let (shelf, clock) = (Shelf(), ManualClock())
        let keeper = CountKeeper(shelf, clock: ClockTime(clock), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await keeper.run() }
            for _ in 0..<3 { keeper.count(.accepted) }
            try await clock.waitForSleepers(1)
            clock.advance(by: .seconds(1))
            try await shelf.signals.wait(for: "added")
            #expect(shelf.kept.counts == [.accepted: 3])

            shelf.goAway(true)
            keeper.note { $0.waits[2] += 1 }
            try await clock.waitForSleepers(1)
            clock.advance(by: .seconds(1))
            try await shelf.signals.wait(for: "refused")
            shelf.goAway(false)
            try await clock.waitForSleepers(1)
            clock.advance(by: .seconds(1))
            try await shelf.signals.wait(for: "added", count: 2)
            #expect(shelf.kept.waits[2] == 1)

            keeper.count(.failed)
            group.cancelAll()
        }
        #expect(shelf.kept.counts == [.accepted: 3, .failed: 1])
    }

    @Test("a metric has so many values; further labels are counted together")
    func bounded() {
        let registry = PrometheusRegistry()
        let meters = Meters(factory: registry)
        for number in 0..<1200 { meters.count(.operationsAccepted, labels: ["t\(number)"]) }
        let lines = registry.text.split(separator: "\n").filter { $0.hasPrefix("stepstream_operations_accepted_total{") }
        #expect(lines.count == 1001)
        #expect(lines.contains(#"stepstream_operations_accepted_total{type="other"} 200"#))
    }

    @Test("times fall into the bucket that holds them, and a label's text is escaped")
    func histogram() {
        let registry = PrometheusRegistry()
        let meters = Meters(factory: registry)
        for time in [Duration.milliseconds(1), .milliseconds(2), .seconds(7200)] {
            meters.time(.queueWait, labels: ["a\"b\\c\n"], duration: time)
        }
        let text = registry.text
        #expect(text.contains(#"stepstream_queue_wait_seconds_bucket{queue="a\"b\\c\n",le="0.001"} 1"#))
        #expect(text.contains(#"le="0.0025"} 2"#) && text.contains(#"le="3600.0"} 2"#) && text.contains(#"le="+Inf"} 3"#))
        #expect(text.contains(#"stepstream_queue_wait_seconds_count{queue="a\"b\\c\n"} 3"#))
    }
}
