import Foundation

/// What a replay came to.
package struct Summary: Sendable, Codable, Hashable {
    package var submitted: Int
    package var succeeded: Int
    /// All that ended otherwise, by reason; "unfinished: …" did not end.
    package var failedByReason: [String: Int]
    /// Attempts beyond the first, over all steps of all orders.
    package var retries: Int
    package var seconds: Double
    package var checks: [Check]
    /// Whether no total is broken.
    package var totalsHeld: Bool

    package init(orders: [FollowedOrder], checks: [Check], seconds: Double) {
        submitted = orders.count
        succeeded = orders.filter { $0.outcome == .succeeded }.count
        failedByReason = orders.compactMap(\.outcome.reason).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        retries = orders.reduce(0) { $0 + $1.retries }
        self.seconds = seconds
        self.checks = checks
        totalsHeld = checks.allSatisfy { $0.verdict != .broken }
    }

    /// The summary for people.
    package var text: String {
        var lines = [
            "",
            "\(submitted) orders submitted, \(succeeded) succeeded, \(submitted - succeeded) did not (\(tenths(seconds)) s, \(retries) retries)",
        ]
        for (reason, count) in failedByReason.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            lines.append("    \(count) \(reason)")
        }
        lines.append("")
        let width = checks.map(\.name.count).max() ?? 0
        for check in checks {
            let name = check.name + String(repeating: " ", count: width - check.name.count)
            lines.append("\(check.verdict.mark) \(name)  expected \(check.expected), is \(check.actual)")
            lines += check.details.map { "      \($0)" }
        }
        lines.append("")
        lines.append(totalsHeld ? "All totals hold." : "NOT ALL TOTALS HOLD.")
        return lines.joined(separator: "\n")
    }

    private func tenths(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Check.Verdict {
    fileprivate var mark: String {
        switch self {
        case .held: "✓"
        case .broken: "✗"
        case .noted: "·"
        }
    }
}

extension FollowedOrder.Outcome {
    /// Nil when it succeeded.
    var reason: String? {
        switch self {
        case .succeeded: nil
        case .failed(let reason): reason
        case .canceled: "canceled"
        case .refused(let reason): "refused: \(reason)"
        case .unfinished(let reason): "unfinished: \(reason)"
        }
    }
}

extension Summary {
    /// The summary for programs.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            return try encoder.text(self)
        }
    }
}
