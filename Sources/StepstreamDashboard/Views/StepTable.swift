import Stepstream
import StepstreamAPI

/// The steps of an operation and their undos, in the order in which they run.
struct StepTable {
    let operation: Operation
    let definition: Definition?

    private var names: [Name] { definition?.steps.map(\.name) ?? operation.steps.keys.sorted() }

    var html: HTML {
        HTML(.div, .class("scroll")) {
            HTML(.table) {
                HTML(.thead) {
                    HTML(.tr) {
                        for name in ["Step", "Runs", "State"] { HTML(.th, .set(.scope, to: "col")) { name } }
                        for name in ["Attempts", "Crashes", "Last took"] { HTML(.th, .set(.scope, to: "col"), .class("number")) { name } }
                        for name in ["Held by", "Answer"] { HTML(.th, .set(.scope, to: "col")) { name } }
                    }
                }
                HTML(.tbody) {
                    for name in names {
                        row(name, record: operation.steps[name] ?? StepRecord(.waiting), isUndo: false)
                        // One that waits is only the note that the step could be undone.
                        if let undo = operation.undos[name], undo.status != .waiting { row(name, record: undo, isUndo: true) }
                    }
                }
            }
        }
    }

    private func row(_ name: Name, record: StepRecord, isUndo: Bool) -> HTML {
        HTML(.tr, .class(isUndo ? "undo" : "")) {
            HTML(.th, .set(.scope, to: "row")) {
                if isUndo { HTML(.em) { "undo " } }
                name.text
            }
            HTML(.td) { place(name, isUndo: isUndo) }
            HTML(.td) {
                Pill(record.status).html
                if record.isUncertain { Pill(words: "uncertain", tone: .warn).html }
            }
            HTML(.td, .class("number")) { attempts(name, record: record, isUndo: isUndo) }
            HTML(.td, .class("number")) { record.crashes > 0 ? Format.count(record.crashes) : "–" }
            HTML(.td, .class("number")) { took(record) }
            HTML(.td) { holder(record) }
            HTML(.td, .class("words")) { answer(record) }
        }
    }

    private func place(_ name: Name, isUndo: Bool) -> HTML {
        guard let definition, let queue = definition.queue(of: Work(isUndo ? .undo : .forward, name)) else { return HTML("–") }
        if definition.step(name)?.mode == .sync, !isUndo { return HTML("before the answer") }
        return HTML(.a, .href(.queue(queue))) { queue.text }
    }

    private func attempts(_ name: Name, record: StepRecord, isUndo: Bool) -> String {
        let policy = isUndo ? definition?.step(name)?.undo.compensation?.retry : definition?.step(name)?.retry
        return Format.count(record.attempts) + (policy.map { " of \($0.attempts)" } ?? "")
    }

    private func took(_ record: StepRecord) -> String {
        guard let started = record.startedAt else { return "–" }
        if let ended = record.endedAt, ended >= started { return Format.span(Milliseconds(ended.count - started.count)) }
        return record.status == .running ? Format.span(Milliseconds(Milliseconds.now.count - started.count)) : "–"
    }

    private func holder(_ record: StepRecord) -> HTML {
        guard record.status == .running, let owner = record.owner else { return HTML("–") }
        return .joined([
            HTML(.code) { owner },
            HTML(.span, .class("faint")) { record.lease.map { " until \(Timestamp.text($0).dropFirst(11).prefix(8))" } ?? "" },
        ])
    }

    private func answer(_ record: StepRecord) -> HTML {
        let (title, json): (String, JSONText?) =
            record.error != nil && record.status != .succeeded ? ("problem", record.error) : ("result", record.result)
        guard let json else { return HTML("–") }
        return HTML(.details) {
            HTML(.summary) { title == "problem" ? Self.words(of: json) : "result" }
            JSONView(json: json).html
        }
    }

    private static func words(of problem: JSONText) -> String {
        do {
            let node = try JSONNode.parse(problem.text, maximumDepth: 128)
            return node.member("title")?.string ?? node.member("type")?.string ?? "problem"
        } catch {
            return "problem"
        }
    }
}
