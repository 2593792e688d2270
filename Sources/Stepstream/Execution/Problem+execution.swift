extension Problem {
    static let poison = Problem(
        .poisonStep,
        detail:
            "\(Decisions.poisonCrashes) workers died while they ran it; it is not tried again. Look at their logs, correct the handler, then retry."
    )
    static let canceled = Problem(
        .canceled,
        detail: "The attempt was stopped, because its operation was canceled or passed its deadline; its effect is unknown."
    )
    static let workerLost = Problem(.workerLost, detail: "Its lease expired. The work may have been done.")
    static let drained = Problem(.workerEnds, detail: "The attempt was stopped while it ran. The work may have been done.")
    static let notDone = Problem(
        .stepNotDone,
        detail: "Its last attempt ended without an answer. The probe reports that it had no effect, and no attempt is left."
    )
    static let givenUp = Problem(.givenUp)
    static func deadlinePassed(after timeout: Milliseconds) -> Problem {
        Problem(
            .operationDeadline,
            status: 504,
            detail: "It had \(timeout.count) ms in all. Its completed steps were undone where they have an undo."
        )
    }
    static func timedOut(after timeout: Milliseconds) -> Problem {
        Problem(.stepTimeout, status: 504, detail: "No answer within \(timeout.count) ms. The work may have been done.")
    }
    static func thrown(_ error: any Error) -> Problem {
        Problem(.handlerError, detail: "\(error)")
    }
}
