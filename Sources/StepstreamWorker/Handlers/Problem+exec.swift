import Stepstream

/// What can go wrong with a program.
extension Problem {
    static let notExec = Problem(
        type: "/problems/handler-definition",
        title: "The step has no exec handler",
        detail: "The exec handler was given a step of another kind, or an empty command."
    )

    static let tooMuchOutput = Problem(
        type: "/problems/handler-answer",
        title: "The program's output cannot be used",
        status: 502,
        detail: "It wrote more than \(ExecHandler.outputLimit) bytes to standard output and was killed. Its work may have been done."
    )

    static func notStarted(_ words: String) -> Problem {
        Problem(type: "/problems/program-not-started", title: "The program could not be started", detail: words)
    }

    static func signaled(_ signal: Int32) -> Problem {
        Problem(
            type: "/problems/program-killed",
            title: "The program was killed",
            detail: "Signal \(signal) ended it. Its work may have been done."
        )
    }

    static func unreadableOutput(_ words: String) -> Problem {
        Problem(
            type: "/problems/handler-answer",
            title: "The program's output cannot be used",
            status: 502,
            detail: "It ended with code 0, but its standard output is not JSON: \(words). Its work has probably been done."
        )
    }

    static func exited(_ code: Int32, tail: String) -> Problem {
        Problem(
            type: "/problems/program-failed",
            title: "The program failed",
            detail: tail.isEmpty ? "It ended with code \(code)." : "It ended with code \(code). The end of its standard error:\n\(tail)"
        )
    }
}
