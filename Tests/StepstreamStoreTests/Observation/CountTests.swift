import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("Counts by the minute", .redis)
struct CountTests {
    @Test("what several processes count is added up, by the minute and by the quarter of an hour, and has an end")
    func added() async throws {
        try await TestStore.run { test in
            var counts = OperationCounts()
            counts.counts = [.accepted: 2, .succeeded: 1]
            counts.durations[3] = 4
            counts.waits[OperationCounts.bounds.count] = 5
            for _ in 0..<2 { try await test.store.add(counts) }
            // The minute may change between two calls.
            for minutes in [2, 1440] {
                var sum = OperationCounts()
                for minute in try await test.store.counts(ofLast: minutes) { sum.add(minute.counts) }
                #expect(sum.counts == [.accepted: 4, .succeeded: 2])
                #expect(sum.durations[3] == 8 && sum.waits.last == 10)
            }
            let keys = try await test.client.send(RedisCommand("KEYS", test.namespace + ":{0}:counts:*")).compactMap(\.string)
            #expect(keys.count >= 2)
            for key in keys { #expect((try await test.client.send(RedisCommand("PTTL", key)).integer ?? 0) > 3_600_000) }
        }
    }
}
