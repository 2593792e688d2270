import Stepstream
import StepstreamAPI

/// The events of an operation, newest first.
struct HistoryTable {
    let operation: Operation

    var html: HTML {
        HTML(.div, .class("scroll")) {
            HTML(.table, .class("history")) {
                HTML(.thead) {
                    HTML(.tr) {
                        HTML(.th, .set(.scope, to: "col"), .class("number")) { "No" }
                        HTML(.th, .set(.scope, to: "col")) { "Time" }
                        HTML(.th, .set(.scope, to: "col"), .class("number")) { "After" }
                        HTML(.th, .set(.scope, to: "col")) { "Event" }
                        HTML(.th, .set(.scope, to: "col")) { "Data" }
                    }
                }
                HTML(.tbody) {
                    for event in operation.events.reversed() { row(event) }
                }
            }
        }
    }

    private func row(_ event: Event) -> HTML {
        HTML(.tr) {
            HTML(.td, .class("number")) { String(event.sequence) }
            HTML(.td, .class("time")) { TimeLabel(time: event.time, showsDay: false).html }
            HTML(.td, .class("number")) { "+" + Format.span(Milliseconds(event.time.count - operation.createdAt.count)) }
            HTML(.td) { event.kind.rawValue }
            HTML(.td, .class("words")) {
                if event.data != .emptyObject { HTML(.code, .class("data")) { event.data.text } }
            }
        }
    }
}
