import StepstreamAPI

/// That something is not there, or could not be done.
struct TroublePage {
    let problem: RequestProblem

    var content: HTML {
        HTML(.section, .class("trouble")) {
            HTML(.h1) { problem.kind.title }
            HTML(.p) { problem.detail ?? problem.kind.advice }
            for fault in problem.faults {
                HTML(.p) {
                    HTML(.code) { fault.pointer }
                    " "
                    fault.detail
                }
            }
            HTML(.p) { HTML(.a, .href(.operations)) { "To the operations" } }
        }
    }
}
