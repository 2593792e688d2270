import Foundation
import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

@Suite("docs/redis-keys.md", .redis)
struct KeysPageTests {
    private struct Row {
        let pattern: String
        let cells: [String]
        var matches = 0

        /// Whether `key` is one of these: what stands in `<…>` and `{…}` may be anything without a colon.
        func fits(_ key: String) -> Bool {
            let own = pattern.components(separatedBy: ":")
            let its = key.components(separatedBy: ":")
            guard own.count == its.count else { return false }
            return zip(own, its).allSatisfy { $0 == $1 || $0.contains("<") || ($0 == "{p}" && $1.hasPrefix("{")) }
        }
    }

    @Test("has a row for every key of a live scenario, with its type, and what has no TTL has a bound; no row is without a key")
    func everyKey() async throws {
        try await TestStore.run { test in
            _ = try await LiveScenario.make(test)
            try await LiveScenario.delivered(test)
            let page = try Document("redis-keys.md")
            var rows = page.rows("Keys").map { Row(pattern: $0[0].replacing("stepstream", with: test.namespace), cells: $0) }
            #expect(rows.count == 24)
            for key in try await test.client.send(RedisCommand("KEYS", test.namespace + "*")).compactMap(\.string) {
                guard let index = rows.firstIndex(where: { $0.fits(key) }) else {
                    Issue.record("\(key) has no row")
                    continue
                }
                rows[index].matches += 1
                let type = try await test.client.send(RedisCommand("TYPE", key)).string
                #expect(rows[index].cells[1].replacing("sorted set", with: "zset") == type, "\(key)")
                let life = try await test.client.send(RedisCommand("PTTL", key)).integer ?? 0
                if life < 0 {
                    #expect(rows[index].cells[5].hasPrefix("none") || rows[index].cells[5].contains("none before"), "\(key) has no TTL")
                    #expect(!rows[index].cells[4].isEmpty, "\(key) has no bound")
                } else {
                    #expect(!rows[index].cells[5].hasPrefix("none"), "\(key) has a TTL")
                }
            }
            for row in rows { #expect(row.matches > 0, "\(row.pattern) was not seen") }
        }
    }

    @Test("lists every field of an operation's hash, and no other")
    func everyField() async throws {
        try await TestStore.run { test in
            _ = try await LiveScenario.make(test)
            try await LiveScenario.delivered(test)
            let listed = Set(try Document("redis-keys.md").rows("The hash of an operation").map { $0[0] })
            var seen: Set<String> = []
            for key in try await test.client.send(RedisCommand("KEYS", test.namespace + ":{0}:operation:*")).compactMap(\.string) {
                for field in try await test.client.send(RedisCommand("HKEYS", key)).compactMap(\.string) {
                    let parts = field.components(separatedBy: ":")
                    switch parts[0] {
                    case "step", "undo": seen.insert("step:<name>:" + parts[2])
                    case "event": seen.insert("event:<n>")
                    default: seen.insert(field)
                    }
                }
            }
            #expect(seen.isSubset(of: listed), "not listed: \(seen.subtracting(listed))")
            // No operation of the scenario ended well.
            #expect(listed.subtracting(seen) == ["result-of"], "not seen: \(listed.subtracting(seen))")
            for field in Fields.Record.allCases { #expect(listed.contains("step:<name>:" + field.rawValue)) }
        }
    }

    @Test("names the channels that there are")
    func channels() throws {
        let partition = Keys(namespace: "stepstream", partitions: 1).partition(0)
        let made = [partition.events + "<id>", partition.wake, partition.cancels, partition.deliveries].map {
            $0.replacing("{0}", with: "{p}")
        }
        #expect(try Document("redis-keys.md").rows("Channels").map { $0[0] } == made)
    }

    @Test("histories keep their bound, also where one change brings more events than are kept")
    func historyBound() async throws {
        try await TestStore.run(configure: { $0.history = 2 }) { test in
            let definition = Definition.chain("work")
            let accepted = try await test.submit(definition)
            for _ in 0..<20 {
                let (lease, begun) = try await test.begin(definition)
                _ = try await test.settle(definition, lease, begun, .released)
            }
            let (lease, begun) = try await test.begin(definition)
            var transition = Decisions(definition, version: definition.version)
                .settle(lease.message.work, of: begun, outcome: .succeeded(.null), in: SettleContext(random: 0))
            transition.events = (0..<9).map { _ in EventDraft(.stepProgress) } + transition.events
            _ = try await test.store.commit(lease, of: begun, applying: transition)
            let ended = try await test.current(accepted.id, withEvents: true)
            #expect(ended.events.map(\.sequence) == [ended.version - 1, ended.version])
            #expect(ended.events.last?.kind == .succeeded)
        }
    }
}
