import Stepstream
import StepstreamAPI

/// The queues, one a row.
struct QueueTable {
    let queues: [StoreHealth.QueueState]

    var html: HTML {
        guard !queues.isEmpty else { return HTML(.p, .class("empty")) { "No queue has been used yet." } }
        return HTML(.div, .class("scroll")) {
            HTML(.table, .class("rows")) {
                HTML(.thead) {
                    HTML(.tr) {
                        for name in ["Queue", "State", "Waiting", "In flight", "Oldest", "Workers", "Moved"] {
                            HTML(.th, .set(.scope, to: "col"), .class(name == "Queue" || name == "State" ? "" : "number")) { name }
                        }
                    }
                }
                HTML(.tbody) {
                    for queue in queues { row(queue) }
                }
            }
        }
    }

    private func row(_ queue: StoreHealth.QueueState) -> HTML {
        HTML(.tr, .flag(.dataRow)) {
            HTML(.th, .set(.scope, to: "row")) {
                HTML(.a, .href(.queue(queue.queue))) { queue.queue.text }
            }
            HTML(.td) { Pill(queue).html }
            HTML(.td, .class("number")) { Format.count(max(0, queue.length - queue.pending)) }
            HTML(.td, .class("number")) { Format.count(queue.pending) }
            HTML(.td, .class("number")) { queue.oldestWaiting.map { Format.span($0) } ?? "–" }
            HTML(.td, .class("number")) { Format.count(queue.consumers.count) }
            HTML(.td, .class("number")) { queue.unmoved.map { Format.span($0) + " ago" } ?? "never" }
        }
    }
}
