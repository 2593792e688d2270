import Stepstream

extension ProblemType {
    /// What it means, and what to do.
    var advice: String {
        switch self {
        case .canceled: "A running attempt was stopped; its effect is unknown, and it is undone if it has an undo."
        case .stepTimeout:
            "The work may have been done. The step's policy decides whether it is retried under the same idempotency key, probed, or held."
        case .poisonStep: "Several workers died while they ran it. Look at their logs and correct the handler."
        case .noHandler: "Start a worker that has it; the message stays queued until then."
        case .unknownDefinition: "Start a worker that can read it from the store."
        case .workerEnds:
            "Another worker takes the step over, and no attempt is used up. A step that was running and has onUnknown: hold is held."
        case .workerLost: "Its lease expired, and the work may have been done. An operator decides: retry, skip or undo."
        case .operationDeadline: "It had not passed its pivot in time. Its completed steps were undone where they have an undo."
        case .givenUp: "The operation's history records who and why."
        case .stepNotDone: "No attempt got an answer, and the probe reported that none has had an effect."
        case .probeUnknown:
            "The probe is repeated as often as the step's retry policy allows; then the step is undone, or held if it has no undo."
        case .probeAnswer: "A probe answers a JSON object whose outcome is done, not-done or unknown."
        case .handlerError: "It is retried as the step's policy says."
        case .handlerInput: "The handler decodes another kind of value. Add an inputSchema to the definition."
        case .handlerDefinition: "Correct the handler's URL, method, header fields or command in the definition."
        case .handlerAnswer: "A handler answers JSON, of limited size."
        case .handlerUnreachable: "Nothing was done; it is retried."
        case .handlerCut: "The work may have been done. It is retried under the same idempotency key."
        case .handlerRedirect: "Redirects are not followed; put the final URL into the definition."
        case .handlerUnavailable: "It is retried, but not before the service's Retry-After."
        case .handlerRefused: "The service's own problem is kept as cause. It is not retried."
        case .programNotStarted: "Check the command in the definition and the permissions of the worker."
        case .programKilled: "It was ended by a signal; whether it had an effect is unknown."
        case .programFailed: "It exited with a failure status; its standard error is kept as detail."
        }
    }
}
