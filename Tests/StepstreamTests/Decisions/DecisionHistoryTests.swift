import FoundationEssentials
import Rigging
import Stepstream
import Testing

@Suite("Decisions over random histories")
struct DecisionHistoryTests {
    /// As many as the gate can wait for; `make histories` runs a million. `STEPSTREAM_HISTORIES` asks for another number, `STEPSTREAM_SEED`
    /// for others.
    private static let count = ProcessInfo.processInfo.environment["STEPSTREAM_HISTORIES"].flatMap { Int($0) } ?? 100_000
    private static let seed = ProcessInfo.processInfo.environment["STEPSTREAM_SEED"].flatMap { UInt64($0) } ?? 20_261_123
    private static let cores = 2

    /// What a number of histories came to.
    private struct Findings: Sendable {
        var endings: [String: Int] = [:]
        var broken: String?

        mutating func add(_ other: Findings) {
            endings.merge(other.endings, uniquingKeysWith: +)
            broken = broken ?? other.broken
        }
    }

    @Test("every history keeps the rules, whatever fails, crashes, repeats, is canceled, runs out of time or is decided by an operator")
    func histories() async {
        print("STEPSTREAM_SEED=\(Self.seed)")
        let findings = await withTaskGroup(of: Findings.self) { group in
            for part in 0..<Self.cores { group.addTask { Self.explore(part) } }
            return await group.reduce(into: Findings()) { $0.add($1) }
        }
        if let broken = findings.broken { Issue.record("\(broken)") }
        // A generator that never reaches an ending proves nothing about it.
        for ending in [
            "Succeeded done", "Failed done", "Failed undone", "Canceled done", "Canceled undone", "Running undo-failed", "Running waiting",
        ] {
            #expect(findings.endings[ending, default: 0] > 0, "no history ended as \(ending): \(findings.endings)")
        }
    }

    private static func explore(_ part: Int) -> Findings {
        var findings = Findings()
        var makers = SeededDraw(seed: seed &+ UInt64(part))
        let decisions = (0..<500).map { _ in Decisions.random(&makers) }
        for number in stride(from: part, to: count, by: cores) {
            let own = decisions[number % decisions.count]
            var history = RandomHistory(own, seed: seed &+ UInt64(number) &* 7919, isLogging: false)
            do throws(BrokenRule) {
                findings.endings[try history.run(), default: 0] += 1
            } catch {
                findings.broken = "history \(number) of seed \(seed): \(error.words)\n\(log(of: own, number))"
                break
            }
        }
        return findings
    }

    /// The same history again, to tell what happened in it.
    private static func log(of decisions: Decisions, _ number: Int) -> String {
        var history = RandomHistory(decisions, seed: seed &+ UInt64(number) &* 7919, isLogging: true)
        do throws(BrokenRule) {
            _ = try history.run()
            return "It kept the rules when it was repeated."
        } catch {
            let steps = decisions.definition.steps.map { "\($0.name) \($0.mode) \($0.retry.attempts) \($0.onUnknown) \($0.undo)" }
            return (steps + history.log).joined(separator: "\n")
        }
    }
}
