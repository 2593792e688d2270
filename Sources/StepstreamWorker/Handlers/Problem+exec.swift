import Stepstream

/// What can go wrong with a program.
extension Problem {
    static let notExec = Problem(
        .handlerDefinition,
        detail: "The exec handler was given a step of another kind, or an empty command."
    )

    static let tooMuchOutput = Problem(
        .handlerAnswer,
        status: 502,
        detail: "It wrote more than \(ExecHandler.outputLimit) bytes to standard output and was killed. Its work may have been done."
    )

    static func notStarted(_ words: String) -> Problem {
        Problem(.programNotStarted, detail: words)
    }

    static func signaled(_ signal: Int32) -> Problem {
        Problem(.programKilled, detail: "Signal \(signal) ended it. Its work may have been done.")
    }

    static func unreadableOutput(_ words: String) -> Problem {
        Problem(
            .handlerAnswer,
            status: 502,
            detail: "It ended with code 0, but its standard output is not JSON: \(words). Its work has probably been done."
        )
    }

    static func exited(_ code: Int32, tail: String) -> Problem {
        Problem(
            .programFailed,
            detail: tail.isEmpty ? "It ended with code \(code)." : "It ended with code \(code). The end of its standard error:\n\(tail)"
        )
    }
}
