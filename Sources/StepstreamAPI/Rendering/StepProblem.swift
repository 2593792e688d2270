/// A problem of a step that the engine makes, as it stands in the error of an operation; each has a page under /problems/.
struct StepProblem {
    let name: String
    let title: String
    /// What it means, and what to do.
    let words: String

    private init(_ name: String, title: String, words: String) {
        self.name = name
        self.title = title
        self.words = words
    }

    static let all = [
        StepProblem(
            "canceled",
            title: "The operation was canceled",
            words: "A running attempt was stopped; its effect is unknown, and it is undone if it has an undo."
        ),
        StepProblem(
            "step-timeout",
            title: "The step did not answer in time",
            words:
                "The work may have been done. By the step's policy it is tried again under the same idempotency key, looked into, or held."
        ),
        StepProblem(
            "poison-step",
            title: "The step kills its workers",
            words: "Several workers died while they ran it. Look at their logs and mend the handler."
        ),
        StepProblem(
            "no-handler",
            title: "No worker has the handler of this step",
            words: "Start a worker that has it; the message waits."
        ),
        StepProblem(
            "unknown-definition",
            title: "The definition of this operation is missing",
            words: "Start a worker that can read it from the store."
        ),
        StepProblem(
            "worker-ends",
            title: "The worker that claimed this step ends",
            words: "Another worker takes the step over; no attempt was spent. A step that ran and is to be held is held."
        ),
        StepProblem(
            "worker-lost",
            title: "The worker that ran the step was lost",
            words: "Its lease ran out and the work may have been done. An operator decides: retry, skip or undo."
        ),
        StepProblem(
            "operation-deadline",
            title: "The operation was not done in time",
            words: "The total time that its definition gives it was over, and it had not passed its pivot. What could be undone was."
        ),
        StepProblem(
            "given-up",
            title: "An operator gave the step up",
            words: "The operation's history says who and why."
        ),
        StepProblem(
            "step-not-done",
            title: "The step was not done",
            words: "No attempt got an answer; the probe then said that none has had an effect."
        ),
        StepProblem(
            "probe-unknown",
            title: "The probe does not know what became of the step",
            words: "It is asked again as often as the step's retry policy allows; then the step is undone, or held if it has no undo."
        ),
        StepProblem(
            "probe-answer",
            title: "The probe's answer cannot be used",
            words: "A probe answers a JSON object whose outcome is done, not-done or unknown."
        ),
        StepProblem(
            "handler-error",
            title: "The handler threw an error",
            words: "It is tried again by the step's policy."
        ),
        StepProblem(
            "handler-input",
            title: "The handler cannot read the input",
            words: "The input does not have the shape that the handler decodes. Add an inputSchema to the definition."
        ),
        StepProblem(
            "handler-definition",
            title: "The definition of the handler cannot be used",
            words: "Mend the handler's URL, method, header fields or command in the definition."
        ),
        StepProblem(
            "handler-answer",
            title: "The handler's answer cannot be used",
            words: "A handler answers JSON, of limited size."
        ),
        StepProblem(
            "handler-unreachable",
            title: "The service could not be reached",
            words: "Nothing was done; it is tried again."
        ),
        StepProblem(
            "handler-cut",
            title: "The service's answer did not come through",
            words: "The work may have been done. It is tried again under the same idempotency key."
        ),
        StepProblem(
            "handler-redirect",
            title: "The service answered with a redirect",
            words: "Redirects are not followed; put the final URL into the definition."
        ),
        StepProblem(
            "handler-unavailable",
            title: "The service could not do the step now",
            words: "It is tried again, not before its Retry-After."
        ),
        StepProblem(
            "handler-refused",
            title: "The service refused the step",
            words: "Its own problem is kept as cause. It is not tried again."
        ),
        StepProblem(
            "program-not-started",
            title: "The program could not be started",
            words: "Check the command in the definition and the rights of the worker."
        ),
        StepProblem(
            "program-killed",
            title: "The program was killed",
            words: "By a signal; its effect is unknown."
        ),
        StepProblem(
            "program-failed",
            title: "The program failed",
            words: "Its exit status says so; what it wrote to standard error is kept."
        ),
    ]
}
