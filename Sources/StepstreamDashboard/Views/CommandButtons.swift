import Stepstream
import StepstreamAPI

/// What can be done about one operation: a button each, and behind it a question.
struct CommandButtons {
    let operation: Operation
    let commands: [CommandButton]
    let access: PageAccess

    var html: HTML {
        HTML(.div, .class("actions")) {
            for command in commands {
                HTML(.button, .set(.type, to: "button"), .set(.popovertarget, to: "ask-\(command.rawValue)")) { command.title }
                question(command)
            }
        }
    }

    private func question(_ command: CommandButton) -> HTML {
        HTML(
            .div,
            .flag(.popover),
            .id("ask-\(command.rawValue)"),
            .class("ask"),
            .set(.role, to: "dialog"),
            .set(.ariaLabel, to: command.title)
        ) {
            HTML(.h2) { command.question }
            HTML(.p) { command.consequence }
            PostForm(link: .command(command.rawValue, on: operation.id), access: access).html {
                fields(command)
                HTML(.div, .class("buttons")) {
                    HTML(.button, .set(.type, to: "submit"), .class("strong")) { command.title }
                    HTML(.button, .set(.type, to: "button"), .set(.popovertarget, to: "ask-\(command.rawValue)")) { "Leave it" }
                }
            }
        }
    }

    private func fields(_ command: CommandButton) -> HTML {
        HTML(.div, .class("fields")) {
            if command.takesNote {
                NoteFields().html
            }
            if command == .skip, operation.phase == .waiting {
                HTML(.label) {
                    "Result of the step, as JSON"
                    HTML(.textarea, .set(.name, to: "result"), .set(.rows, to: 3), .set(.spellcheck, to: "false"))
                }
            }
        }
    }
}

/// Who gives the command, and why: it stands in the history.
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
