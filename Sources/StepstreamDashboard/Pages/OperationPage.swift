import Stepstream
import StepstreamAPI

/// One operation: all that is known of it, and what can be done about it.
struct OperationPage {
    let operation: Operation
    let definition: Definition?
    let ledger: DeliveryLedger?
    /// What can be done as it stands.
    let commands: [CommandButton]
    let access: PageAccess

    var content: HTML {
        HTML(.div, .id("operation"), isLive ? .events(.events(operation.id)) : nil, isLive ? .set(.dataKinds, to: Self.kinds) : nil) {
            live
        }
    }

    private var isLive: Bool { !operation.status.isEnded }

    /// The events that make the page look again.
    private static let kinds = (Event.Kind.allCases.map { "stepstream." + $0.rawValue } + ["reset", "gone"]).joined(separator: " ")

    /// What changes by itself.
    private var live: HTML {
        HTML(.div, .id("live")) {
            HTML(.p, .class("crumbs")) {
                HTML(.a, .href(.operations)) { "Operations" }
                " / "
                HTML(.a, .href(.operations([("type", operation.type.text)]))) { operation.type.text }
            }
            HTML(.h1, .class("id")) { operation.id.text }
            HTML(.div, .class("standing")) {
                Pill(operation.status).html
                Pill(operation.phase).html
                if operation.hasPassedDeadline {
                    Pill(words: "deadline passed", tone: .warn).html
                } else if operation.cancelRequested {
                    Pill(words: "cancel requested", tone: .warn).html
                }
                if access.canOperate { CommandButtons(operation: operation, commands: commands, access: access).html }
            }
            problem
            HTML(.section, .class("panel")) {
                HTML(.h2) { "Timeline" }
                TimelineView(timeline: Timeline(operation, now: Milliseconds.now)).html
            }
            HTML(.section, .class("panel")) {
                HTML(.h2) { "Steps" }
                StepTable(operation: operation, definition: definition).html
            }
            HTML(.div, .class("columns")) {
                HTML(.section, .class("panel")) {
                    HTML(.h2) { "Input" }
                    JSONView(json: operation.input).html
                }
                result
                facts
            }
            history
            deliveries
        }
    }

    private var problem: HTML {
        guard let error = operation.error else { return HTML() }
        return HTML(.section, .class("panel problem")) {
            HTML(.h2) { "Problem" }
            JSONView(json: error).html
        }
    }

    private var result: HTML {
        guard let result = operation.result else { return HTML() }
        return HTML(.section, .class("panel")) {
            HTML(.h2) { "Result" }
            JSONView(json: result).html
        }
    }

    private var facts: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "Facts" }
            HTML(.dl, .class("facts")) {
                fact("Created", value: TimeLabel(time: operation.createdAt).html)
                fact("Updated", value: TimeLabel(time: operation.updatedAt).html)
                fact("Ended", value: operation.endedAt.map { TimeLabel(time: $0).html })
                fact("Took", value: operation.endedAt.map { HTML(Format.span(Milliseconds($0.count - operation.createdAt.count))) })
                fact("Expires", value: operation.expiresAt.map { TimeLabel(time: $0).html })
                fact("Not before", value: operation.notBefore.map { TimeLabel(time: $0).html })
                fact("Version", value: HTML(String(operation.version)))
                fact("Definition", value: HTML(.code) { operation.definition.text })
                fact("Tenant", value: HTML(operation.tenant.text))
                fact("Resources", value: operation.resources.isEmpty ? nil : HTML(operation.resources.joined(separator: "\n")))
                fact("Trace", value: operation.traceparent.map { parent in HTML(.code) { parent } })
                fact("Callback", value: operation.callback.map { callback in HTML(callback.url.text) })
                if access.hasAPI { fact("Document", value: HTML(.a, .href(.document(operation.id))) { "JSON" }) }
            }
            if let metadata = operation.metadata, metadata != .emptyObject {
                HTML(.h3) { "Metadata" }
                JSONView(json: metadata).html
            }
        }
    }

    private func fact(_ name: String, value: HTML?) -> HTML {
        guard let value else { return HTML() }
        return .joined([HTML(.dt) { name }, HTML(.dd) { value }])
    }

    private var history: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "History" }
            HistoryTable(operation: operation).html
        }
    }

    private var deliveries: HTML {
        guard let ledger else { return HTML() }
        return HTML(.section, .class("panel")) {
            HTML(.h2) { "Webhook deliveries" }
            DeliveryTable(rows: ledger.deliveries.map { (operation.id, $0) }, access: access).html
            if ledger.dropped > 0 {
                HTML(.p, .class("faint")) { "\(Format.count(ledger.dropped)) events were not delivered as there were too many." }
            }
        }
    }
}
