/// One total: what it should be, what it is.
package struct Check: Sendable, Hashable, Codable {
    package enum Verdict: String, Sendable, Hashable, Codable {
        case held
        case broken
        /// Told, but not counted.
        case noted
    }

    package var name: String
    package var expected: String
    package var actual: String
    package var verdict: Verdict
    /// Where they differ; at most ten places, then how many more.
    package var details: [String]

    package init(_ name: String, expected: String, actual: String, verdict: Verdict, details: [String] = []) {
        self.name = name
        self.expected = expected
        self.actual = actual
        self.verdict = verdict
        self.details = details.count <= 10 ? details : details.prefix(10) + ["and \(details.count - 10) more"]
    }

    /// Holds if nothing differs.
    package init(_ name: String, expected: String, actual: String, differences: [String]) {
        self.init(
            name,
            expected: expected,
            actual: actual,
            verdict: expected == actual && differences.isEmpty ? .held : .broken,
            details: differences
        )
    }
}
