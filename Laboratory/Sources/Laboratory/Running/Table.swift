/// The outcomes as a table in Markdown, as it stands in docs/guarantees.md.
public struct Table: Sendable, CustomStringConvertible {
    let outcomes: [Outcome]

    /// A table.
    public init(_ outcomes: [Outcome]) {
        self.outcomes = outcomes
    }

    private static let heads = [
        "scenario", "seed", "operations", "faults", "lost", "duplicated effects", "repeated calls", "stale refused", "overlaps",
        "recovery p50", "p99",
        "max",
        "seconds", "verdict",
    ]

    /// The table.
    public var description: String {
        let rows = [Self.heads] + outcomes.map(Self.row)
        let widths = Self.heads.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            "| " + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
        return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
    }

    private static func row(_ outcome: Outcome) -> [String] {
        let figures = outcome.figures
        func time(_ percent: Int) -> String { figures.recovery(percent: percent).map { "\($0) ms" } ?? "–" }
        let counts = [
            figures.operations, figures.faults, figures.lost, figures.duplicates, figures.repeats, figures.stale, figures.overlaps,
        ].map(String.init)
        let verdict = outcome.holds ? "holds" : outcome.failure == nil ? "BROKEN" : "NOT PLAYED"
        return [outcome.scenario, "\(outcome.seed)"] + counts + [
            time(50), time(99), time(100), "\(Int(outcome.seconds.rounded()))", verdict,
        ]
    }
}
