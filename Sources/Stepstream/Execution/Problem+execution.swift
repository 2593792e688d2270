extension Problem {
    static let poison = Problem(
        type: "/problems/poison-step",
        title: "The step crashes its workers",
        detail:
            "\(Decisions.poisonCrashes) workers died while they ran it; it is not tried again. Look at their logs, mend the handler, then retry."
    )
    static let canceled = Problem(
        type: "/problems/canceled",
        title: "The operation was canceled",
        detail: "The attempt was stopped, because its operation was canceled or passed its deadline; its effect is unknown."
    )
    static let workerLost = Problem(
        type: "/problems/worker-lost",
        title: "The worker that ran the step was lost",
        detail: "Its lease expired. The work may have been done."
    )
    static let drained = Problem(
        type: "/problems/worker-ends",
        title: "The worker that ran the step is shutting down",
        detail: "The attempt was stopped while it ran. The work may have been done."
    )
    static let notDone = Problem(
        type: "/problems/step-not-done",
        title: "The step was not done",
        detail: "Its last attempt ended without an answer. The probe reports that it had no effect, and no attempt is left."
    )
    static let givenUp = Problem(type: "/problems/given-up", title: "An operator skipped or undid the step")
    static func deadlinePassed(after timeout: Milliseconds) -> Problem {
        Problem(
            type: "/problems/operation-deadline",
            title: "The operation passed its deadline",
            status: 504,
            detail: "It had \(timeout.count) ms in all. Its completed steps were undone where they have an undo."
        )
    }
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
