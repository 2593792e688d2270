import Stepstream

/// Says what an operation waits for, from its document and the state of the queues.
struct Explanation {
    let operation: JSONNode
    let explained: JSONNode
    let readiness: JSONNode

    private var id: String { operation.member("id")?.string ?? "?" }
    /// The work that is not over, in the order in which it comes, as the server has it.
    private var open: [JSONNode] { explained.member("open")?.elements ?? [] }
    private var steps: [JSONNode] { operation.member("steps")?.elements ?? [] }

    var text: String {
        let status = operation.member("status")?.string ?? "?"
        let phase = operation.member("phase")?.string ?? "?"
        let type = operation.member("type")?.string ?? "?"
        var lines = ["\(type) \(id) is \(status) (\(phase)), accepted \(operation.member("createdAt")?.string ?? "?")."]
        if let end = operation.member("endedAt")?.string {
            lines.append("It ended at \(end). Nothing more will happen.")
            if let title = operation.member("error")?.member("title")?.string { lines.append("It failed because: \(title)") }
            return lines.joined(separator: "\n")
        }
        if phase == "undo-failed" {
            let failed = steps.last { $0.member("undo")?.member("status")?.string == StepStatus.failed.rawValue }
            let name = failed?.member("name")?.string.map { "The undo of step \($0)" } ?? "An undo"
            lines.append("\(name) failed for good. Nothing happens until an operator decides: \(commands("retry", "skip")).")
            return lines.joined(separator: "\n")
        }
        if phase == "scheduled", let time = operation.member("notBefore")?.string {
            let names = steps.compactMap { $0.member("name")?.string }
            lines.append("It starts at \(time). Its steps: \(names.joined(separator: ", ")).")
            return lines.joined(separator: "\n")
        }
        if operation.member("deadlinePassed") != nil { lines.append("Its deadline has passed: it is rolled back once nothing runs.") }
        if operation.member("cancelRequested") != nil { lines.append("Its cancellation was requested: it is canceled once nothing runs.") }
        if let work = open.first, let step = steps.first(where: { $0.member("name")?.string == work.member("step")?.string }) {
            if work.member("direction")?.string == Work.Direction.undo.rawValue {
                lines += explain(work, record: step.member("undo") ?? step, named: "The undo of step")
                lines.append("After that, the steps before it are undone, and the operation ends.")
            } else {
                lines += explain(work, record: step, named: "Step")
                let rest = open.dropFirst().compactMap { $0.member("step")?.string }
                lines.append(rest.isEmpty ? "After that, the operation ends." : "After that: \(rest.joined(separator: ", ")).")
            }
        }
        if let end = explained.member("deadline")?.string { lines.append("If it has not ended by \(end), it is rolled back.") }
        return lines.joined(separator: "\n")
    }

    private func commands(_ names: String...) -> String {
        names.map { "stepstream \($0) \(id)" }.joined(separator: " or ")
    }

    /// What the next of the open `work` waits for; `record` has what became of its attempts.
    private func explain(_ work: JSONNode, record: JSONNode, named what: String) -> [String] {
        let name = "\(what) \(work.member("step")?.string ?? "?")"
        let attempts = work.member("attempts")?.int64 ?? 0
        let problem = record.member("error")?.member("title")?.string
        guard let status = work.member("status")?.string.flatMap(StepStatus.init(rawValue:)) else { return [] }
        switch status {
        case .waiting: return ["\(name) waits for an API process to run it."] + due(work)
        case .queued: return ["\(name) waits for a worker."] + (work.member("queue")?.string.map(queue) ?? [])
        case .running:
            let holder = work.member("heldBy")?.string ?? "A process"
            let end = work.member("leaseUntil")?.string.map { " until \($0)" } ?? ""
            return [
                "\(name) is running: attempt \(attempts), since \(work.member("startedAt")?.string ?? "?").",
                "\(holder) holds its lease\(end), and renews it. If it dies, another process takes over when the lease expires.",
            ]
        case .retrying:
            return [
                "\(name) failed in attempt \(attempts)\(problem.map { " (\($0))" } ?? "") and is retried after a delay."
            ] + due(work) + ["To retry it now: stepstream retry \(id). To give it up: stepstream undo \(id)."]
        case .held:
            return [
                "\(name) is held: the outcome of its last attempt is unknown.",
                "Find out, then decide: \(commands("retry", "skip", "undo")).",
            ]
        case .succeeded, .failed, .canceled, .skipped: return []
        }
    }

    private func due(_ work: JSONNode) -> [String] {
        work.member("dueAt")?.string.map { ["It is due at \($0)."] } ?? []
    }

    private func queue(_ name: String) -> [String] {
        guard let state = readiness.member("queues")?.elements.first(where: { $0.member("queue")?.string == name }) else {
            return ["Queue \(name) does not exist yet."]
        }
        let length = state.member("length")?.int64 ?? 0
        let pending = state.member("pending")?.int64 ?? 0
        var line = "Queue \(name) has \(length) message\(length == 1 ? "" : "s"), \(pending) of them claimed"
        if let oldest = state.member("oldestWaitingMilliseconds")?.int64 { line += "; the oldest has waited \(oldest / 1000) s" }
        if state.member("paused")?.bool == true {
            return [line + ".", "It is paused: workers claim nothing from it until stepstream queues resume \(name)."]
        }
        guard let unmoved = state.member("unmovedMilliseconds")?.int64 else { return [line + ".", "No worker reads it: start one."] }
        return [line + ".", "A worker last took a message from it \(unmoved / 1000) s ago."]
    }
}
