import Foundation
import RedisClient
import Stepstream
import Testing

@testable import StepstreamStore

@Suite("docs/states.md")
struct StatesPageTests {
    @Test("names every state there is, and no other")
    func states() throws {
        let page = try Document("states.md")
        #expect(page.rows("Status").map { $0[0] } == Status.allCases.map(\.rawValue))
        #expect(page.rows("Phase").map { $0[0] } == Phase.allCases.map(\.rawValue))
        #expect(page.rows("Step status").map { $0[0] } == StepStatus.allCases.map(\.rawValue))
    }

    @Test("its diagrams go between states that there are")
    func diagrams() throws {
        let page = try Document("states.md")
        let known: [String: Set<String>] = [
            "Status": Set(Status.allCases.map(\.rawValue)), "Step status": Set(StepStatus.allCases.map(\.rawValue)),
            "Phase": Set(Phase.allCases.map { $0 == .undoFailed ? "undoFailed" : $0.rawValue }),
        ]
        for (heading, names) in known {
            let ends = page.section(heading).filter { $0.contains(" --> ") }.flatMap { line in
                line.prefix { $0 != ":" }.components(separatedBy: "-->").map { $0.trimmingCharacters(in: .whitespaces) }
            }
            #expect(ends.count >= 2 * names.count - 2)
            for end in ends where end != "[*]" { #expect(names.contains(end), "\(end) under \(heading)") }
        }
    }

    @Test("names only scripts that there are, and every script that writes a state")
    func scripts() throws {
        let page = try Document("states.md")
        let named = Set(page.lines.flatMap { $0.matches(of: /([a-z-]+)\.lua/).map { String($0.1) } })
        let known = Set(Scripts.all.map(\.name))
        #expect(named.isSubset(of: known), "\(named.subtracting(known))")
        #expect(named.isSuperset(of: ["submit", "begin", "commit", "apply"]))
    }

    @Test("scripts name only states that there are")
    func scriptText() throws {
        let states = Set(Status.allCases.map(\.rawValue) + StepStatus.allCases.map(\.rawValue))
        let phases = Set(Phase.allCases.map(\.rawValue))
        var found: Set<String> = []
        for script in Scripts.all {
            for line in script.source.components(separatedBy: "\n") where !line.hasPrefix("--") {
                let quoted = line.matches(of: /'([A-Z][a-z][A-Za-z]*)'/).map { String($0.1) }
                let keyed = line.matches(of: /\b([A-Z][a-z][A-Za-z]*) = true/).map { String($0.1) }
                found.formUnion(quoted + keyed)
                guard line.contains("'phase'") else { continue }
                for word in line.matches(of: /(?:and|or) '([a-z-]+)'/).map({ String($0.1) }) { #expect(phases.contains(word), "\(word)") }
            }
        }
        #expect(found.isSubset(of: states), "\(found.subtracting(states))")
        #expect(found.isSuperset(of: ["Running", "Queued", "Retrying", "Waiting", "Succeeded", "Failed", "Canceled", "NotStarted"]))
    }
}
