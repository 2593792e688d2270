/// Holds the logs of a run against what is promised. It reads nothing else, and least of all what the program says of itself.
public struct Checker: Sendable {
    let logs: RunLogs
    let expectations: Expectations
    /// The type of each operation that was ever sent.
    let types: [String: String]
    /// What handlers were asked for and did, by operation, in the order in which it was written down.
    let ledger: [String: [LedgerRecord]]
    /// How each operation was seen, in that order.
    let statuses: [String: [StatusRecord]]
    /// The operations of which the program said that they are accepted.
    let accepted: Set<String>

    /// A checker of one run.
    public init(_ logs: RunLogs, _ expectations: Expectations) {
        (self.logs, self.expectations) = (logs, expectations)
        let sent = logs.submissions.filter { $0.fate == .request || $0.fate == .accepted }
        types = Dictionary(sent.map { ($0.operation, $0.type) }) { $1 }
        ledger = Dictionary(grouping: logs.ledger, by: \.operation)
        statuses = Dictionary(grouping: logs.statuses, by: \.operation)
        accepted = Set(logs.submissions.filter { $0.fate == .accepted }.map(\.operation))
    }

    /// Looks at everything.
    ///
    /// - Returns: the figures of the run, and each promise that was broken, with the first twenty cases of each.
    public func check() -> (figures: Figures, violations: [Violation]) {
        let all = ends() + histories() + refusals() + keys() + order() + undone() + residue() + scenario()
        var counts: [Violation.Promise: Int] = [:]
        let violations = all.filter { violation in
            counts[violation.promise, default: 0] += 1
            return counts[violation.promise, default: 0] <= 20
        }
        return (figures(), violations)
    }

    /// How an operation stood when everything had come to rest.
    func final(_ operation: String) -> StatusRecord? { statuses[operation]?.last(where: \.isFinal) }

    /// Whether the program does not know an operation any more that it had accepted.
    func isLost(_ operation: String) -> Bool {
        guard let final = final(operation) else { return true }
        return final.status == "Absent"
    }

    private func figures() -> Figures {
        var figures = Figures()
        figures.operations = accepted.count
        figures.faults = logs.faults.filter { Self.acts.contains($0.name) }.count
        figures.lost = accepted.filter { isLost($0) }.count
        figures.duplicates = duplicates
        figures.stale = logs.ledger.filter { $0.event == .stale }.count
        figures.repeats = logs.ledger.filter { $0.event == .again }.count
        figures.overlaps = overlaps
        figures.recoveries = recoveries.sorted()
        return figures
    }

    /// The names under which the nemesis writes down what it did, and not what came of it.
    private static let acts: Set<String> = [
        "kill", "kill-api", "redis-kill", "pause", "drain", "died", "crash-point", "script-flush", "config", "busy", "drop",
        "destroy-group",
        "weather", "failover", "pause-primary", "flush-queue", "trim", "refused-start",
    ]
}
