import Stepstream
import StepstreamAPI

/// Deliveries of webhooks, each with its last try.
struct DeliveryTable {
    let rows: [(operation: OperationID, delivery: Delivery)]
    var showsOperation = false
    let access: PageAccess

    var html: HTML {
        HTML(.div, .class("scroll")) {
            HTML(.table, .class("rows")) {
                HTML(.thead) {
                    HTML(.tr) {
                        if showsOperation { HTML(.th, .set(.scope, to: "col")) { "Operation" } }
                        for name in ["Event", "Receiver", "State", "Last try", "Next try"] { HTML(.th, .set(.scope, to: "col")) { name } }
                        if access.canOperate { HTML(.th) }
                    }
                }
                HTML(.tbody) {
                    for row in rows { self.row(row.operation, delivery: row.delivery) }
                }
            }
        }
    }

    private func row(_ id: OperationID, delivery: Delivery) -> HTML {
        HTML(.tr, .flag(.dataRow)) {
            if showsOperation {
                HTML(.th, .set(.scope, to: "row")) { HTML(.a, .class("id"), .href(.operation(id))) { id.text } }
            }
            HTML(.td) { "\(delivery.event.sequence) \(delivery.event.kind.rawValue)" }
            HTML(.td, .class("words")) {
                delivery.endpoint
                HTML(.span, .class("faint")) { delivery.url.map { " " + $0 } ?? "" }
            }
            HTML(.td) { Pill(delivery.state).html }
            HTML(.td, .class("words")) { lastTry(delivery) }
            HTML(.td, .class("time")) { delivery.nextTry.map { TimeLabel(time: $0).html } ?? HTML("–") }
            if access.canOperate {
                HTML(.td) {
                    PostForm(link: .replay(delivery.number, of: id), access: access).html {
                        HTML(.button, .set(.type, to: "submit"), .class("small")) { "Replay" }
                    }
                }
            }
        }
    }

    private func lastTry(_ delivery: Delivery) -> HTML {
        guard let last = delivery.tries.last else { return HTML("none yet") }
        let answer = last.status.map { "answered \($0)" } ?? last.fault ?? "no answer"
        return .joined([
            HTML("\(answer), try \(delivery.tries.count) "),
            HTML(.span, .class("faint")) { TimeLabel(time: last.time, showsDay: false).html },
        ])
    }
}
