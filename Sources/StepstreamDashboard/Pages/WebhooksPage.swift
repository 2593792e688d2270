import Stepstream
import StepstreamAPI

/// Receivers of webhooks, and their latest deliveries.
struct WebhooksPage {
    let endpoints: [WebhookEndpoint]
    let receivers: [ReceiverState]
    let rows: [(operation: OperationID, delivery: Delivery)]
    let since: OperationFilter.Since
    let next: String?
    let access: PageAccess

    var content: HTML {
        .joined([
            HTML(.h1) { "Webhooks" },
            HTML(.div, .id("list")) {
                HTML(.div, .class("columns")) {
                    configured
                    standing
                }
                deliveries
            },
            access.canOperate ? replay : HTML(),
        ])
    }

    private var configured: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "Configured receivers" }
            if endpoints.isEmpty {
                HTML(.p, .class("empty")) { "None. Submissions may still name callbacks." }
            } else {
                HTML(.table) {
                    HTML(.tbody) {
                        for endpoint in endpoints {
                            HTML(.tr) {
                                HTML(.th, .set(.scope, to: "row")) { endpoint.name.text }
                                HTML(.td, .class("words")) { endpoint.url.text }
                                HTML(.td, .class("words")) { endpoint.events.map(\.rawValue).joined(separator: ", ") }
                            }
                        }
                    }
                }
            }
        }
    }

    private var standing: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "Scheduled deliveries" }
            if receivers.isEmpty {
                HTML(.p, .class("empty")) { "No delivery is scheduled." }
            } else {
                HTML(.table) {
                    HTML(.tbody) {
                        for receiver in receivers {
                            HTML(.tr) {
                                HTML(.th, .set(.scope, to: "row")) { receiver.name }
                                HTML(.td, .class("number")) { "\(Format.count(receiver.pending)) pending" }
                                HTML(.td) { state(receiver) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func state(_ receiver: ReceiverState) -> HTML {
        if receiver.isGone { return Pill(words: "gone (410)", tone: .bad).html }
        guard receiver.failures > 0 else { return Pill(words: "answers", tone: .good).html }
        let pause = receiver.pausedUntil.map { ", left alone until \(Timestamp.text($0).dropFirst(11).prefix(8))" } ?? ""
        return Pill(words: "\(Format.count(receiver.failures)) failures in a row\(pause)", tone: .warn).html
    }

    private var deliveries: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "Deliveries" }
            HTML(.form, .class("filters"), .set(.method, to: "get"), .action(.webhooks)) {
                HTML(.label) {
                    "Since"
                    HTML(.select, .set(.name, to: "since")) {
                        for choice in OperationFilter.Since.allCases where choice != .ever {
                            HTML(.option, .set(.value, to: choice.rawValue), .flag(.selected, isThere: choice == since)) { choice.words }
                        }
                    }
                }
                HTML(.button, .set(.type, to: "submit")) { "Show" }
            }
            if rows.isEmpty {
                HTML(.p, .class("empty")) { "No delivery has been attempted." }
            } else {
                DeliveryTable(rows: rows, showsOperation: true, access: access).html
            }
            if let next {
                HTML(.div, .class("pager")) {
                    HTML(.a, .href(.webhooks([("since", since.rawValue), ("page", next)])), .set(.rel, to: "next")) { "Later" }
                }
            }
        }
    }

    private var replay: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "Replay to a receiver" }
            HTML(.p, .class("faint")) { "Exhausted and disabled deliveries since then get a new set of tries." }
            PostForm(link: .replays, access: access).html {
                HTML(.div, .class("filters")) {
                    HTML(.label) {
                        "Receiver (from the list above)"
                        HTML(
                            .input,
                            .set(.name, to: "endpoint"),
                            .flag(.required),
                            .set(.autocomplete, to: "off"),
                            .set(.spellcheck, to: "false")
                        )
                    }
                    HTML(.label) {
                        "Since"
                        HTML(.select, .set(.name, to: "since")) {
                            for choice in OperationFilter.Since.allCases where choice != .ever {
                                HTML(.option, .set(.value, to: choice.rawValue), .flag(.selected, isThere: choice == since)) {
                                    choice.words
                                }
                            }
                        }
                    }
                    HTML(.button, .set(.type, to: "submit")) { "Replay" }
                }
            }
        }
    }
}
