import Stepstream
import StepstreamAPI

/// The queues, and the workers that read them.
struct QueuesPage {
    let health: StoreHealth

    var content: HTML {
        .joined([HTML(.h1) { "Queues and workers" }, live])
    }

    /// What changes by itself.
    var live: HTML {
        HTML(.div, .id("live")) {
            HTML(.section, .class("panel")) {
                QueueTable(queues: health.queues).html
            }
            HTML(.section, .class("panel")) {
                HTML(.h2) { "Workers" }
                workers
            }
        }
    }

    private var workers: HTML {
        let rows = health.queues.flatMap { queue in queue.consumers.map { (queue.queue, $0) } }
        guard !rows.isEmpty else { return HTML(.p, .class("empty")) { "No worker has read from a queue yet." } }
        return HTML(.div, .class("scroll")) {
            HTML(.table, .class("rows")) {
                HTML(.thead) {
                    HTML(.tr) {
                        HTML(.th, .set(.scope, to: "col")) { "Worker" }
                        HTML(.th, .set(.scope, to: "col")) { "Queue" }
                        HTML(.th, .set(.scope, to: "col"), .class("number")) { "Holds" }
                        HTML(.th, .set(.scope, to: "col"), .class("number")) { "Last seen" }
                    }
                }
                HTML(.tbody) {
                    for (queue, consumer) in rows {
                        HTML(.tr, .flag(.dataRow)) {
                            HTML(.th, .set(.scope, to: "row")) { HTML(.code) { consumer.name } }
                            HTML(.td) { HTML(.a, .href(.queue(queue))) { queue.text } }
                            HTML(.td, .class("number")) { Format.count(consumer.holds) }
                            HTML(.td, .class("number")) { Format.span(consumer.idle) + " ago" }
                        }
                    }
                }
            }
        }
    }
}
