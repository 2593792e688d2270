import Foundation
import Stepstream

/// What `top` shows: queues, workers, rates, as lines that fit a terminal.
struct Overview {
    let readiness: JSONNode
    let topology: JSONNode
    let counts: JSONNode
    /// The columns of the terminal; lines are cut, never wrapped.
    var width = 200
    var isColored = false

    /// At most so many lines; what does not fit is counted in the last.
    func lines(atMost height: Int = .max) -> [String] {
        let sections = [state, queues, workers, rates]
        let all = sections.filter { !$0.isEmpty }.joined(separator: [""]).map { cut($0) }
        guard all.count > height else { return Array(all) }
        return all.prefix(max(0, height - 1)) + [cut("… \(all.count - height + 1) more lines")]
    }

    private var state: [String] {
        let isReady = readiness.member("ready")?.bool ?? false
        let findings = (readiness.member("findings")?.elements ?? []) + (topology.member("findings")?.elements ?? [])
        return [isReady ? "ready" : "NOT READY"]
            + findings.map { "  " + ($0.member("severity")?.string.map { $0 + ": " } ?? "") + ($0.member("words")?.string ?? "") }
    }

    private var queues: [String] {
        let queues = readiness.member("queues")?.elements ?? []
        return [row("queue", cells: ["messages", "claimed", "oldest s", "taken s ago"])]
            + queues.map { queue in
                let numbers = ["length", "pending"].map { queue.member($0)?.int64.map(String.init) ?? "-" }
                let seconds = ["oldestWaitingMilliseconds", "unmovedMilliseconds"]
                    .map { queue.member($0)?.int64.map { "\($0 / 1000)" } ?? "-" }
                return row(queue.member("queue")?.string ?? "?", cells: numbers + seconds)
            }
    }

    /// What each worker has claimed is known of each queue's consumers.
    private var workers: [String] {
        let workers = (topology.member("processes")?.elements ?? []).filter { $0.member("consumer")?.string != nil }
        guard !workers.isEmpty else { return ["no worker is registered"] }
        var claimed: [String: Int64] = [:]
        for queue in topology.member("queues")?.elements ?? [] {
            for reader in queue.member("readers")?.elements ?? [] {
                claimed[reader.member("consumer")?.string ?? "", default: 0] += reader.member("pending")?.int64 ?? 0
            }
        }
        return [row("worker", cells: ["claimed", "version"], last: "queues")]
            + workers.map { worker in
                let consumer = worker.member("consumer")?.string ?? "?"
                let queues = (worker.member("queues")?.elements ?? []).compactMap(\.string)
                let cells = [String(claimed[consumer] ?? 0), worker.member("software")?.string ?? "?"]
                return row("\(consumer) on \(worker.member("host")?.string ?? "?")", cells: cells, last: queues.joined(separator: " "))
            }
    }

    private var rates: [String] {
        let minutes = counts.member("minutes")?.elements ?? []
        return [row("last 15 minutes", cells: ["total", "per minute", "last minute"])]
            + OperationCounts.Kind.allCases.map { kind in
                let each = minutes.map { $0.member(kind.rawValue)?.int64 ?? 0 }
                let sum = each.reduce(0, +)
                return row(kind.rawValue, cells: [String(sum), String(format: "%.1f", Double(sum) / 15), String(each.last ?? 0)])
            }
    }

    private func row(_ name: String, cells: [String], last: String? = nil) -> String {
        let room = min(28, max(16, width - 12 * cells.count))
        let head = String(name.prefix(room)).padding(toLength: room, withPad: " ", startingAt: 0)
        let numbers = cells.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
        return head + numbers + (last.map { "  " + $0 } ?? "")
    }

    private func cut(_ line: String) -> String {
        let text = line.count > width ? line.prefix(max(0, width - 1)) + "…" : line[...]
        guard isColored, !text.hasPrefix(" ") else { return String(text) }
        if text == "ready" { return "\u{1B}[32m\(text)\u{1B}[0m" }
        if text == "NOT READY" { return "\u{1B}[31m\(text)\u{1B}[0m" }
        let isHeading = ["queue ", "worker ", "last 15 minutes "].contains { text.hasPrefix($0) }
        return isHeading ? "\u{1B}[1m\(text)\u{1B}[0m" : String(text)
    }
}
