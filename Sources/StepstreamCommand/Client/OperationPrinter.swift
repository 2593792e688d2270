import Foundation
import Stepstream

/// Prints an operation as the server answered it, for a person to read.
struct OperationPrinter {
    let operation: JSONNode

    private func text(_ name: String) -> String { operation.member(name)?.string ?? "-" }

    /// The operation's status.
    var status: Status? { operation.member("status")?.string.flatMap(Status.init(rawValue:)) }

    /// One line: ID, type, status, phase, creation.
    var line: String {
        let id = text("id").padding(toLength: max(36, text("id").count), withPad: " ", startingAt: 0)
        let status = text("status").padding(toLength: 10, withPad: " ", startingAt: 0)
        let phase = text("phase").padding(toLength: 11, withPad: " ", startingAt: 0)
        return "\(id)  \(status)  \(phase)  \(text("createdAt"))  \(text("type"))"
    }

    /// Several lines: the operation and each of its steps.
    var page: String {
        var lines = ["\(text("type")) \(text("id"))", "\(text("status")) (\(text("phase"))), accepted \(text("createdAt"))"]
        for step in operation.member("steps")?.elements ?? [] { lines.append("  " + stepLine(step)) }
        if let result = operation.member("result"), !result.isNull { lines.append("result: \(result.json.text)") }
        if let error = operation.member("error"), !error.isNull {
            lines.append("failed: \(error.member("title")?.string ?? error.json.text)")
            if let detail = error.member("detail")?.string { lines.append("  \(detail)") }
            for outcome in error.member("undo")?.members ?? [] where !outcome.value.elements.isEmpty {
                let words = ["failed", "skipped"].contains(outcome.key) ? "undo \(outcome.key)" : outcome.key
                lines.append("  \(words): \(outcome.value.elements.compactMap(\.string).joined(separator: ", "))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func stepLine(_ step: JSONNode) -> String {
        let name = (step.member("name")?.string ?? "?").padding(toLength: 24, withPad: " ", startingAt: 0)
        let status = (step.member("status")?.string ?? "Waiting").padding(toLength: 10, withPad: " ", startingAt: 0)
        var line = "\(name) \(status)"
        if let attempts = step.member("attempts")?.int64, attempts > 1 { line += " \(attempts) attempts" }
        if let undo = step.member("undo")?.member("status")?.string { line += " undo \(undo)" }
        if let error = step.member("error")?.member("title")?.string { line += " (\(error))" }
        return line
    }
}
