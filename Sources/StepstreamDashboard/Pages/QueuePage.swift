import Stepstream
import StepstreamAPI

/// One queue: what is in it, and who holds what.
struct QueuePage {
    let state: StoreHealth.QueueState
    let contents: QueueContents
    let access: PageAccess

    /// How many messages of each kind are shown.
    static let most = 50

    var content: HTML {
        .joined([
            HTML(.p, .class("crumbs")) { HTML(.a, .href(.queues)) { "Queues" } },
            HTML(.h1) { state.queue.text },
            HTML(.div, .id("list")) {
                standing
                HTML(.div, .class("tiles")) {
                    StatTile(name: "Waiting", value: Format.count(max(0, state.length - state.pending))).html
                    StatTile(name: "In flight", value: Format.count(state.pending)).html
                    StatTile(name: "Oldest waits", value: state.oldestWaiting.map { Format.span($0) } ?? "–").html
                    StatTile(name: "Workers", value: Format.count(state.consumers.count)).html
                }
                held
                waiting
            },
        ])
    }

    private var standing: HTML {
        HTML(.div, .class("standing")) {
            Pill(state).html
            if access.canOperate {
                HTML(.div, .class("actions")) { question }
            }
        }
    }

    private var question: HTML {
        let name = state.isPaused ? "resume" : "pause"
        let title = state.isPaused ? "Resume" : "Pause"
        return .joined([
            HTML(.button, .set(.type, to: "button"), .set(.popovertarget, to: "ask-\(name)")) { title },
            HTML(.div, .flag(.popover), .id("ask-\(name)"), .class("ask"), .set(.role, to: "dialog"), .set(.ariaLabel, to: title)) {
                HTML(.h2) { "\(title) the queue \(state.queue.text)?" }
                HTML(.p) {
                    state.isPaused
                        ? "Workers claim its messages again."
                        : "Workers finish what they have claimed and claim nothing more. New operations are accepted and wait."
                }
                PostForm(link: .command(name, onQueue: state.queue), access: access).html {
                    HTML(.div, .class("buttons")) {
                        HTML(.button, .set(.type, to: "submit"), .class("strong")) { title }
                        HTML(.button, .set(.type, to: "button"), .set(.popovertarget, to: "ask-\(name)")) { "Leave it" }
                    }
                }
            },
        ])
    }

    private var held: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "Held by workers" }
            if contents.held.isEmpty {
                HTML(.p, .class("empty")) { "No message is claimed." }
            } else {
                table(["Operation", "Work", "Held by", "Renewed", "Claims"]) {
                    for held in contents.held {
                        row(held.message) {
                            HTML(.td) { HTML(.code) { held.consumer } }
                            HTML(.td) { Format.span(held.idle) + " ago" }
                            HTML(.td) { Format.count(held.deliveries) }
                        }
                    }
                }
            }
        }
    }

    private var waiting: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "Waiting, oldest first" }
            if contents.waiting.isEmpty {
                HTML(.p, .class("empty")) { "Nothing waits." }
            } else {
                table(["Operation", "Work", "Since"]) {
                    for waiting in contents.waiting {
                        row(waiting.message) { HTML(.td, .class("time")) { TimeLabel(time: waiting.since).html } }
                    }
                }
            }
        }
    }

    private func table(_ names: [String], @HTMLBuilder rows: () -> HTML) -> HTML {
        HTML(.div, .class("scroll")) {
            HTML(.table, .class("rows")) {
                HTML(.thead) {
                    HTML(.tr) {
                        for name in names { HTML(.th, .set(.scope, to: "col")) { name } }
                    }
                }
                HTML(.tbody) { rows() }
            }
        }
    }

    private func row(_ message: Message, @HTMLBuilder cells: () -> HTML) -> HTML {
        HTML(.tr, .flag(.dataRow)) {
            HTML(.th, .set(.scope, to: "row")) { HTML(.a, .class("id"), .href(.operation(message.operation))) { message.operation.text } }
            HTML(.td) { (message.work.direction == .undo ? "undo of " : "") + message.work.step.text }
            cells()
        }
    }
}

extension Pill {
    init(_ state: StoreHealth.QueueState) {
        if state.isPaused {
            self.init(words: "paused", tone: .warn)
        } else if state.consumers.isEmpty {
            self.init(words: "no worker", tone: .bad)
        } else {
            self.init(words: "open", tone: .good)
        }
    }
}
