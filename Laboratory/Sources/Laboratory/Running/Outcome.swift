/// What came of one run of a scenario.
public struct Outcome: Sendable {
    /// The scenario.
    public var scenario: String
    /// The seed it was run with.
    public var seed: UInt64
    /// What it came to.
    public var figures = Figures()
    /// What was broken.
    public var violations: [Violation] = []
    /// Why it could not be played to its end, if it could not.
    public var failure: String?
    /// How long it took, in seconds.
    public var seconds = 0.0
    /// Where its logs are, if they were kept.
    public var folder: String?

    /// Nothing yet.
    public init(scenario: String, seed: UInt64) {
        (self.scenario, self.seed) = (scenario, seed)
    }

    /// Whether everything held.
    public var holds: Bool { violations.isEmpty && failure == nil }
}
