import Foundation
import Stepstream

/// What a person sees of an operation that is watched: its steps as lines, kept up to date by its events.
struct LiveView {
    private struct Line {
        var name: String
        var status: String
        var attempt: Int64 = 0
        var startedAt: Date?
        var endedAt: Date?
    }

    private let isColored: Bool
    private var title = ""
    private var status = ""
    private var lines: [Line] = []
    private var drawn = 0

    init(isColored: Bool) {
        self.isColored = isColored
    }

    /// Takes the operation as it is.
    mutating func take(document: JSONNode) {
        title = "\(document.member("type")?.string ?? "") \(document.member("id")?.string ?? "")"
        status = document.member("status")?.string ?? ""
        lines = (document.member("steps")?.elements ?? []).map { step in
            Line(
                name: step.member("name")?.string ?? "?",
                status: step.member("status")?.string ?? "Waiting",
                attempt: step.member("attempts")?.int64 ?? 0,
                startedAt: Self.date(step.member("startedAt")),
                endedAt: Self.date(step.member("endedAt"))
            )
        }
    }

    /// Takes an event of the history.
    mutating func take(event: JSONNode) {
        let time = Self.date(event.member("time"))
        let words = (event.member("type")?.string ?? "").split(separator: ".").map(String.init)
        guard words.count == 3 else { return }
        guard words[1] == "step", let name = event.member("data")?.member("step")?.string else {
            status = words[2].prefix(1).uppercased() + words[2].dropFirst()
            return
        }
        if !lines.contains(where: { $0.name == name }) { lines.append(Line(name: name, status: "Waiting")) }
        guard let index = lines.firstIndex(where: { $0.name == name }) else { return }
        switch words[2] {
        case "started": (lines[index].status, lines[index].startedAt, lines[index].endedAt) = ("Running", time, nil)
        case "undoing": (lines[index].status, lines[index].startedAt, lines[index].endedAt) = ("Undoing", time, nil)
        case "progress": break
        default: (lines[index].status, lines[index].endedAt) = (words[2].prefix(1).uppercased() + words[2].dropFirst(), time)
        }
        if let attempt = event.member("data")?.member("attempt")?.int64 { lines[index].attempt = attempt }
    }

    /// The view, and in front of it what takes the former one off the terminal.
    mutating func redrawn() -> String {
        let text = ([title, "  " + colored(status)] + lines.map(text(of:))).joined(separator: "\n") + "\n"
        defer { drawn = lines.count + 2 }
        return (drawn > 0 ? "\u{1B}[\(drawn)A\u{1B}[J" : "") + text
    }

    private func text(of line: Line) -> String {
        var text = "  " + line.name.padding(toLength: max(24, line.name.count), withPad: " ", startingAt: 0) + " " + colored(line.status)
        if let start = line.startedAt, let end = line.endedAt, end >= start {
            text += String(format: "  %.3f s", end.timeIntervalSince(start))
        } else if let start = line.startedAt {
            text += "  since " + start.formatted(Date.ISO8601FormatStyle(timeZone: .current).time(includingFractionalSeconds: false))
        }
        return line.attempt > 1 ? text + "  attempt \(line.attempt)" : text
    }

    private func colored(_ status: String) -> String {
        guard isColored else { return status }
        let color =
            switch status {
            case "Succeeded", "Undone": 32
            case "Failed", "Canceled", "Undo-failed": 31
            case "Running", "Undoing", "Retrying", "Started": 33
            default: 2
            }
        return "\u{1B}[\(color)m\(status)\u{1B}[0m"
    }

    private static func date(_ node: JSONNode?) -> Date? {
        guard let text = node?.string else { return nil }
        do {
            return try Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        } catch {
            // Shown without its time.
            return nil
        }
    }
}
