extension Problem {
    static let poison = Problem(
        type: "/problems/poison-step",
        title: "The step kills its workers",
        detail:
            "\(Decisions.poisonCrashes) workers died while they ran it; it is not tried again. Look at their logs, mend the handler, then retry."
    )
    static let canceled = Problem(
        type: "/problems/canceled",
        title: "The operation was canceled",
        detail: "The attempt was stopped while it ran; its effect is unknown."
    )
    static func timedOut(after timeout: Milliseconds) -> Problem {
        Problem(
            type: "/problems/step-timeout",
            title: "The step did not answer in time",
            status: 504,
            detail: "No answer within \(timeout.count) ms. The work may have been done."
        )
    }
    static func thrown(_ error: any Error) -> Problem {
        Problem(type: "/problems/handler-error", title: "The handler threw an error", detail: "\(error)")
    }
}
