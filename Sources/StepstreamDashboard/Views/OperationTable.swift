import Stepstream
import StepstreamAPI

/// Operations, one a row.
struct OperationTable {
    let operations: [Operation]
    let empty: String
    /// The form that the rows' boxes belong to: rows can then be chosen.
    var isChoosable = false

    var html: HTML {
        guard !operations.isEmpty else { return HTML(.p, .class("empty")) { empty } }
        return HTML(.div, .class("scroll")) {
            HTML(.table, .class("rows operations")) {
                HTML(.thead) {
                    HTML(.tr) {
                        if isChoosable {
                            HTML(.th) {
                                HTML(.input, .set(.type, to: "checkbox"), .flag(.dataAll), .set(.ariaLabel, to: "Choose all"))
                            }
                        }
                        for name in ["Operation", "Type", "Status", "Phase", "Step", "Created"] {
                            HTML(.th, .set(.scope, to: "col")) { name }
                        }
                        HTML(.th, .set(.scope, to: "col"), .class("number")) { "Took" }
                    }
                }
                HTML(.tbody) {
                    for operation in operations { row(operation) }
                }
            }
        }
    }

    private func row(_ operation: Operation) -> HTML {
        HTML(.tr, .flag(.dataRow)) {
            if isChoosable {
                HTML(.td) {
                    let id = operation.id.text
                    if !operation.status.isEnded {
                        HTML(
                            .input,
                            .set(.type, to: "checkbox"),
                            .set(.name, to: "id"),
                            .set(.value, to: id),
                            .set(.ariaLabel, to: "Choose \(id)")
                        )
                    }
                }
            }
            HTML(.th, .set(.scope, to: "row")) {
                HTML(.a, .class("id"), .href(.operation(operation.id)), .set(.title, to: operation.id.text)) { operation.id.text }
            }
            HTML(.td) { operation.type.text }
            HTML(.td) { Pill(operation.status).html }
            HTML(.td) { Pill(operation.phase).html }
            HTML(.td, .class("words")) { standing(operation) }
            HTML(.td, .class("time")) { TimeLabel(time: operation.createdAt).html }
            HTML(.td, .class("number")) { took(operation) }
        }
    }

    /// The step that matters now, and its problem.
    private func standing(_ operation: Operation) -> HTML {
        let states: Set<StepStatus> = [.running, .retrying, .held, .failed, .queued]
        let undo = operation.undos.filter { states.contains($0.value.status) }.min { $0.key < $1.key }
        guard let (name, record) = undo ?? operation.steps.filter({ states.contains($0.value.status) }).min(by: { $0.key < $1.key }) else {
            return HTML()
        }
        return .joined([
            HTML(.span) { (undo == nil ? "" : "undo of ") + name.text }, HTML(.span, .class("faint")) { Self.title(of: record.error) },
        ])
    }

    private static func title(of problem: JSONText?) -> String {
        guard let problem else { return "" }
        do {
            let node = try JSONNode.parse(problem.text, maximumDepth: 128)
            return (node.member("detail")?.string ?? node.member("title")?.string).map { " " + String($0.prefix(120)) } ?? ""
        } catch {
            return ""
        }
    }

    private func took(_ operation: Operation) -> String {
        let end = operation.endedAt ?? Milliseconds.now
        return Format.span(Milliseconds(end.count - operation.createdAt.count))
    }
}
