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
                "The work may have been done. The step's policy decides whether it is retried under the same idempotency key, probed, or held."
        ),
        StepProblem(
            "poison-step",
            title: "The step crashes its workers",
            words: "Several workers died while running it. Look at their logs and fix the handler."
        ),
        StepProblem(
            "no-handler",
            title: "No worker has the handler of this step",
            words: "Start a worker that has it; the message stays queued until then."
        ),
        StepProblem(
            "unknown-definition",
            title: "The definition of this operation is missing",
            words: "Start a worker that can read it from the store."
        ),
        StepProblem(
            "worker-ends",
            title: "The worker that claimed this step is shutting down",
            words: "Another worker takes the step over, and no attempt is used up. A step that was running and has onUnknown: hold is held."
        ),
        StepProblem(
            "worker-lost",
            title: "The worker that ran the step was lost",
            words: "Its lease expired, and the work may have been done. An operator decides: retry, skip or undo."
        ),
        StepProblem(
            "operation-deadline",
            title: "The operation passed its deadline",
            words: "It had not passed its pivot in time. Its completed steps were undone where they have an undo."
        ),
        StepProblem(
            "given-up",
            title: "An operator skipped or undid the step",
            words: "The operation's history records who and why."
        ),
        StepProblem(
            "step-not-done",
            title: "The step was not done",
            words: "No attempt got an answer, and the probe reported that none has had an effect."
        ),
        StepProblem(
            "probe-unknown",
            title: "The probe could not determine the outcome of the step",
            words: "The probe is repeated as often as the step's retry policy allows; then the step is undone, or held if it has no undo."
        ),
        StepProblem(
            "probe-answer",
            title: "The probe's answer cannot be used",
            words: "A probe answers a JSON object whose outcome is done, not-done or unknown."
        ),
        StepProblem(
            "handler-error",
            title: "The handler threw an error",
            words: "It is retried as the step's policy says."
        ),
        StepProblem(
            "handler-input",
            title: "The handler cannot read the input",
            words: "The input does not match the type that the handler decodes. Add an inputSchema to the definition."
        ),
        StepProblem(
            "handler-definition",
            title: "The definition of the handler cannot be used",
            words: "Correct the handler's URL, method, header fields or command in the definition."
        ),
        StepProblem(
            "handler-answer",
            title: "The handler's answer cannot be used",
            words: "A handler answers JSON, of limited size."
        ),
        StepProblem(
            "handler-unreachable",
            title: "The service could not be reached",
            words: "Nothing was done; it is retried."
        ),
        StepProblem(
            "handler-cut",
            title: "The service's response was lost",
            words: "The work may have been done. It is retried under the same idempotency key."
        ),
        StepProblem(
            "handler-redirect",
            title: "The service answered with a redirect",
            words: "Redirects are not followed; put the final URL into the definition."
        ),
        StepProblem(
            "handler-unavailable",
            title: "The service is temporarily unable to do the step",
            words: "It is retried, but not before the service's Retry-After."
        ),
        StepProblem(
            "handler-refused",
            title: "The service refused the step",
            words: "The service's own problem is kept as cause. It is not retried."
        ),
        StepProblem(
            "program-not-started",
            title: "The program could not be started",
            words: "Check the command in the definition and the permissions of the worker."
        ),
        StepProblem(
            "program-killed",
            title: "The program was killed",
            words: "It was ended by a signal; whether it had an effect is unknown."
        ),
        StepProblem(
            "program-failed",
            title: "The program failed",
            words: "It exited with a failure status; its standard error is kept as detail."
        ),
    ]
}
