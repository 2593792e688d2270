/// A problem of a step that the engine makes, as it stands in the error of an operation; each has a page under /problems/.
struct StepProblem {
    let name: String
    let title: String
    /// What it means, and what to do.
    let words: String

    private init(_ name: String, _ title: String, _ words: String) {
        self.name = name
        self.title = title
        self.words = words
    }

    static let all = [
        StepProblem(
            "canceled",
            "The operation was canceled",
            "A running attempt was stopped; its effect is unknown, and it is undone if it has an undo."
        ),
        StepProblem(
            "step-timeout",
            "The step did not answer in time",
            "The work may have been done. By the step's policy it is tried again under the same idempotency key, looked into, or held."
        ),
        StepProblem(
            "poison-step",
            "The step kills its workers",
            "Several workers died while they ran it. Look at their logs and mend the handler."
        ),
        StepProblem(
            "no-handler",
            "No worker has the handler of this step",
            "Start a worker that has it; the message waits."
        ),
        StepProblem(
            "unknown-definition",
            "The definition of this operation is missing",
            "Start a worker that can read it from the store."
        ),
        StepProblem(
            "worker-ends",
            "The worker that claimed this step ends",
            "Another worker takes the step over; no attempt was spent. A step that ran and is to be held is held."
        ),
        StepProblem(
            "worker-lost",
            "The worker that ran the step was lost",
            "Its lease ran out and the work may have been done. An operator decides: retry, skip or undo."
        ),
        StepProblem(
            "operation-deadline",
            "The operation was not done in time",
            "The total time that its definition gives it was over, and it had not passed its pivot. What could be undone was."
        ),
        StepProblem(
            "given-up",
            "An operator gave the step up",
            "The operation's history says who and why."
        ),
        StepProblem(
            "step-not-done",
            "The step was not done",
            "No attempt got an answer; the probe then said that none has had an effect."
        ),
        StepProblem(
            "probe-unknown",
            "The probe does not know what became of the step",
            "It is asked again as often as the step's retry policy allows; then the step is undone, or held if it has no undo."
        ),
        StepProblem(
            "probe-answer",
            "The probe's answer cannot be used",
            "A probe answers a JSON object whose outcome is done, not-done or unknown."
        ),
        StepProblem(
            "handler-error",
            "The handler threw an error",
            "It is tried again by the step's policy."
        ),
        StepProblem(
            "handler-input",
            "The handler cannot read the input",
            "The input does not have the shape that the handler decodes. Add an inputSchema to the definition."
        ),
        StepProblem(
            "handler-definition",
            "The definition of the handler cannot be used",
            "Mend the handler's URL, method, header fields or command in the definition."
        ),
        StepProblem(
            "handler-answer",
            "The handler's answer cannot be used",
            "A handler answers JSON, of limited size."
        ),
        StepProblem(
            "handler-unreachable",
            "The service could not be reached",
            "Nothing was done; it is tried again."
        ),
        StepProblem(
            "handler-cut",
            "The service's answer did not come through",
            "The work may have been done. It is tried again under the same idempotency key."
        ),
        StepProblem(
            "handler-redirect",
            "The service answered with a redirect",
            "Redirects are not followed; put the final URL into the definition."
        ),
        StepProblem(
            "handler-unavailable",
            "The service could not do the step now",
            "It is tried again, not before its Retry-After."
        ),
        StepProblem(
            "handler-refused",
            "The service refused the step",
            "Its own problem is kept as cause. It is not tried again."
        ),
        StepProblem(
            "program-not-started",
            "The program could not be started",
            "Check the command in the definition and the rights of the worker."
        ),
        StepProblem(
            "program-killed",
            "The program was killed",
            "By a signal; its effect is unknown."
        ),
        StepProblem(
            "program-failed",
            "The program failed",
            "Its exit status says so; what it wrote to standard error is kept."
        ),
    ]
}
