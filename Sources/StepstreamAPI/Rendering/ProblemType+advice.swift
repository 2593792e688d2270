import Stepstream

extension ProblemType {
    /// What it means, and what to do.
    var advice: String {
        switch self {
        case .canceled: "A running attempt was stopped; its effect is unknown, and it is undone if it has an undo."
        case .stepTimeout:
            "The work may have been done. By the step's policy it is tried again under the same idempotency key, looked into, or held."
        case .poisonStep: "Several workers died while they ran it. Look at their logs and correct the handler."
        case .noHandler: "Start a worker that has it; the message waits."
        case .unknownDefinition: "Start a worker that can read it from the store."
        case .workerEnds: "Another worker takes the step over; no attempt was spent. A step that ran and is to be held is held."
        case .workerLost: "Its lease ran out and the work may have been done. An operator decides: retry, skip or undo."
        case .operationDeadline: "Its deadline passed before it had passed its pivot. What could be undone was."
        case .givenUp: "The operation's history says who and why."
        case .stepNotDone: "No attempt got an answer; the probe then said that none has had an effect."
        case .probeUnknown:
            "It is asked again as often as the step's retry policy allows; then the step is undone, or held if it has no undo."
        case .probeAnswer: "A probe answers a JSON object whose outcome is done, not-done or unknown."
        case .handlerError: "It is tried again by the step's policy."
        case .handlerInput: "The handler decodes another kind of value. Add an inputSchema to the definition."
        case .handlerDefinition: "Correct the handler's URL, method, header fields or command in the definition."
        case .handlerAnswer: "A handler answers JSON, of limited size."
        case .handlerUnreachable: "Nothing was done; it is tried again."
        case .handlerCut: "The work may have been done. It is tried again under the same idempotency key."
        case .handlerRedirect: "Redirects are not followed; put the final URL into the definition."
        case .handlerUnavailable: "It is tried again, not before its Retry-After."
        case .handlerRefused: "Its own problem is kept as cause. It is not tried again."
        case .programNotStarted: "Check the command in the definition and the rights of the worker."
        case .programKilled: "By a signal; its effect is unknown."
        case .programFailed: "Its exit status says so; what it wrote to standard error is kept."
        }
    }
}
