import Stepstream
import StepstreamAPI

/// What needs a person, and what can be done about many at once.
struct AttentionPage {
    let page: ListPage
    let filter: OperationFilter
    let access: PageAccess

    /// What can be done about many at once.
    static let commands: [CommandButton] = [.retry, .skip]

    var content: HTML {
        .joined([
            HTML(.h1) { "Needs a person" },
            HTML(.p, .class("faint")) {
                "Held because nobody knows what a step did, stuck because an undo failed, or ended as failed. Operations that have ended leave the list when they expire."
            },
            HTML(.div, .id("list")) {
                access.canOperate && hasLive ? PostForm(link: .attention, access: access).html { bulk } : table(isChoosable: false)
                pager
            },
        ])
    }

    private var hasLive: Bool { page.operations.contains { !$0.status.isEnded } }

    private var bulk: HTML {
        .joined([
            table(isChoosable: true),
            HTML(.div, .class("bulk")) {
                "For the selected operations:"
                for command in Self.commands {
                    HTML(.button, .set(.type, to: "button"), .set(.popovertarget, to: "ask-\(command.rawValue)")) { command.title }
                    HTML(
                        .div,
                        .flag(.popover),
                        .id("ask-\(command.rawValue)"),
                        .class("ask"),
                        .set(.role, to: "dialog"),
                        .set(.ariaLabel, to: command.title)
                    ) {
                        HTML(.h2) { "\(command.title) all selected operations?" }
                        HTML(.p) { command.consequence }
                        HTML(.div, .class("fields")) { NoteFields(suffix: "-" + command.rawValue).html }
                        HTML(.div, .class("buttons")) {
                            HTML(
                                .button,
                                .set(.type, to: "submit"),
                                .set(.name, to: "command"),
                                .set(.value, to: command.rawValue),
                                .class("strong")
                            ) {
                                command.title
                            }
                            HTML(.button, .set(.type, to: "button"), .set(.popovertarget, to: "ask-\(command.rawValue)")) { "Leave it" }
                        }
                    }
                }
            },
        ])
    }

    private func table(isChoosable: Bool) -> HTML {
        OperationTable(operations: page.operations, empty: "No operation needs attention.", isChoosable: isChoosable).html
    }

    private var pager: HTML {
        HTML(.div, .class("pager")) {
            if filter.page != nil { HTML(.a, .href(.attention)) { "Newest" } }
            if let token = page.nextPageToken { HTML(.a, .href(.attention([("page", token)])), .set(.rel, to: "next")) { "Older" } }
        }
    }
}

/// The result of a command on many operations.
struct BulkPage {
    let command: CommandButton
    let done: [OperationID]
    let refused: [(id: String, words: String)]

    var content: HTML {
        HTML(.section) {
            HTML(.h1) { "\(command.title): \(Format.count(done.count)) done, \(Format.count(refused.count)) refused" }
            HTML(.ul) {
                for id in done {
                    HTML(.li) { HTML(.a, .class("id"), .href(.operation(id))) { id.text } }
                }
                for entry in refused {
                    HTML(.li) {
                        HTML(.span, .class("id")) { entry.id }
                        " "
                        HTML(.span, .class("faint")) { entry.words }
                    }
                }
            }
            HTML(.p) { HTML(.a, .href(.attention)) { "Back to the list" } }
        }
    }
}
