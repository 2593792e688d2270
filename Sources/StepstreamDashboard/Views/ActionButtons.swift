import Stepstream
import StepstreamAPI

/// What can be done about one operation: a button each, and behind it a question.
struct ActionButtons {
    let operation: Operation
    let acts: [CommandButton]
    let access: PageAccess

    var html: HTML {
        HTML(.div, .class("actions")) {
            for act in acts {
                HTML(.button, .set(.type, to: "button"), .set(.popovertarget, to: "ask-\(act.rawValue)")) { act.title }
                question(act)
            }
        }
    }

    private func question(_ act: CommandButton) -> HTML {
        HTML(.div, .flag(.popover), .id("ask-\(act.rawValue)"), .class("ask"), .set(.role, to: "dialog"), .set(.ariaLabel, to: act.title)) {
            HTML(.h2) { act.question }
            HTML(.p) { act.consequence }
            PostForm(link: .act(act.rawValue, on: operation.id), access: access).html {
                fields(act)
                HTML(.div, .class("buttons")) {
                    HTML(.button, .set(.type, to: "submit"), .class("strong")) { act.title }
                    HTML(.button, .set(.type, to: "button"), .set(.popovertarget, to: "ask-\(act.rawValue)")) { "Leave it" }
                }
            }
        }
    }

    private func fields(_ act: CommandButton) -> HTML {
        HTML(.div, .class("fields")) {
            if act.takesNote {
                NoteFields().html
            }
            if act == .skip, operation.phase == .waiting {
                HTML(.label) {
                    "Result of the step, as JSON"
                    HTML(.textarea, .set(.name, to: "result"), .set(.rows, to: 3), .set(.spellcheck, to: "false"))
                }
            }
        }
    }
}

/// Who acts, and why: it stands in the history.
struct NoteFields {
    /// Sets the fields apart where a form has several of them.
    var suffix = ""

    var html: HTML {
        .joined([
            HTML(.label) {
                "Who"
                HTML(
                    .input,
                    .set(.name, to: "by" + suffix),
                    .set(.maxlength, to: OperatorNote.byLimit),
                    .set(.autocomplete, to: "username")
                )
            },
            HTML(.label) {
                "Why"
                HTML(
                    .input,
                    .set(.name, to: "reason" + suffix),
                    .set(.maxlength, to: OperatorNote.reasonLimit),
                    .set(.autocomplete, to: "off")
                )
            },
        ])
    }
}
