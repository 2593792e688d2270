import Stepstream

/// Says what an operation waits for, from its document and the state of the queues.
struct Explanation {
    let operation: JSONNode
    let explained: JSONNode
    let readiness: JSONNode

    private var id: String { operation.member("id")?.string ?? "?" }
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
        // An undo is noted when its step begins; it waits for nothing until the operation goes back.
        if phase == "undoing", let undo = steps.reversed().first(where: { isOpen($0.member("undo")) }), let record = undo.member("undo") {
            lines += explain(record, of: undo, named: "The undo of step")
            lines.append("After that, the steps before it are undone, and the operation ends.")
        } else if let index = steps.firstIndex(where: { isOpen($0) }) {
            lines += explain(steps[index], of: steps[index], named: "Step")
            let rest = steps[(index + 1)...].compactMap { $0.member("name")?.string }
            lines.append(rest.isEmpty ? "After that, the operation ends." : "After that: \(rest.joined(separator: ", ")).")
        }
        if let end = explained.member("deadline")?.string { lines.append("If it has not ended by \(end), it is rolled back.") }
        return lines.joined(separator: "\n")
    }

    private func isOpen(_ record: JSONNode?) -> Bool {
        guard let status = record?.member("status")?.string.flatMap(StepStatus.init(rawValue:)) else { return false }
        return !status.isEnded
    }

    private func commands(_ names: String...) -> String {
        names.map { "stepstream \($0) \(id)" }.joined(separator: " or ")
    }

    private func explain(_ record: JSONNode, of step: JSONNode, named what: String) -> [String] {
        let name = "\(what) \(step.member("name")?.string ?? "?")"
        let attempts = record.member("attempts")?.int64 ?? 0
        let problem = record.member("error")?.member("title")?.string
        guard let status = record.member("status")?.string.flatMap(StepStatus.init(rawValue:)) else { return [] }
        switch status {
        case .waiting: return ["\(name) waits for an API process to run it."] + due(of: step)
        case .queued: return ["\(name) waits for a worker."] + queue(step.member("queue")?.string ?? "default")
        case .running:
            let open = open(step)
            let holder = open?.member("heldBy")?.string ?? "A process"
            let end = open?.member("leaseUntil")?.string.map { " until \($0)" } ?? ""
            return [
                "\(name) is running: attempt \(attempts), since \(record.member("startedAt")?.string ?? "?").",
                "\(holder) holds its lease\(end), and renews it. If it dies, another process takes over when the lease expires.",
            ]
        case .retrying:
            return [
                "\(name) failed in attempt \(attempts)\(problem.map { " (\($0))" } ?? "") and is retried after a delay."
            ] + due(of: step) + ["To retry it now: stepstream retry \(id). To give it up: stepstream undo \(id)."]
        case .held:
            return [
                "\(name) is held: the outcome of its last attempt is unknown.",
                "Find out, then decide: \(commands("retry", "skip", "undo")).",
            ]
        case .succeeded, .failed, .canceled, .skipped: return []
        }
    }

    /// What the server explains of the open work of `step`.
    private func open(_ step: JSONNode) -> JSONNode? {
        explained.member("open")?.elements.first { $0.member("step")?.string == step.member("name")?.string }
    }

    private func due(of step: JSONNode) -> [String] {
        open(step)?.member("dueAt")?.string.map { ["It is due at \($0)."] } ?? []
    }

    private func queue(_ name: String) -> [String] {
        guard let state = readiness.member("queues")?.elements.first(where: { $0.member("queue")?.string == name }) else {
            return ["Queue \(name) does not exist yet."]
        }
        let length = state.member("length")?.int64 ?? 0
        let pending = state.member("pending")?.int64 ?? 0
        var line = "Queue \(name) has \(length) messages, \(pending) of them claimed"
        if let oldest = state.member("oldestWaitingMilliseconds")?.int64 { line += "; the oldest has waited \(oldest / 1000) s" }
        guard let unmoved = state.member("unmovedMilliseconds")?.int64 else { return [line + ".", "No worker reads it: start one."] }
        return [line + ".", "A worker last took a message from it \(unmoved / 1000) s ago."]
    }
}
