import Foundation
import Stepstream
import Testing

/// A failpoint that nothing reaches, or a fault that nothing plants, would let the laboratory pass without a test.
@Suite("Places of failpoints and planted faults")
struct FaultPlacesTests {
    /// The program's sources: path and text.
    private let sources: [(path: String, text: String)]

    init() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let paths = try #require(FileManager.default.enumerator(at: root.appending(path: "Sources"), includingPropertiesForKeys: nil))
        sources = try paths.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
            ($0.path, try String(contentsOf: $0, encoding: .utf8))
        }
        #expect(sources.count > 100)
    }

    @Test("each failpoint is reached by a decorator, or by a line of its own")
    func failpoints() {
        let reached = names(in: /\.reach\(([^)]*)\)/)
        for point in Failpoint.allCases { #expect(reached.contains(point.rawValue), "\(point) is reached nowhere") }
    }

    @Test("lines of their own have only those that lie at no call of the store or of a handler")
    func lines() {
        let own: Set<Failpoint> = [
            .definitionStored, .beforeInline, .afterInline, .beforeAnswer, .leaseLost, .drainBegins, .drainReturns, .drainEnds,
        ]
        #expect(names(in: /Failpoint\.reach\((\.\w+)\)/) == Set(own.map(\.rawValue)))
    }

    @Test("each fault is planted: in a script, at a call of the store or by configuration")
    func mutants() {
        let planted = names(in: /\.isPlanted\(([^)]*)\)/).union(names(in: /\((\s*\.\w+),\s*\.init\(\s*script:/))
        for mutant in Mutant.allCases { #expect(planted.contains(mutant.rawValue), "\(mutant) is planted nowhere") }
    }

    @Test("no other part of the program knows of a planted fault")
    func places() {
        let others = sources.filter { $0.text.contains("Mutant") && !$0.path.contains("/Laboratory/") }
        #expect(Set(others.map { URL(filePath: $0.path).lastPathComponent }) == ["ScriptMutation.swift", "Configurations+faults.swift"])
    }

    /// The cases that stand in what `place` captures.
    private func names(in place: Regex<(Substring, Substring)>) -> Set<String> {
        Set(sources.flatMap { $0.text.matches(of: place).flatMap { $0.1.matches(of: /\.(\w+)/).map { String($0.1) } } })
    }
}
