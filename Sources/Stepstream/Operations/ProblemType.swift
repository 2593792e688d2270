/// The types of problem that the engine gives a step or an operation. Each has a page under `/problems/`.
package enum ProblemType: String, Sendable, CaseIterable {
    case canceled
    case stepTimeout = "step-timeout"
    case poisonStep = "poison-step"
    case noHandler = "no-handler"
    case unknownDefinition = "unknown-definition"
    case workerEnds = "worker-ends"
    case workerLost = "worker-lost"
    case operationDeadline = "operation-deadline"
    case givenUp = "given-up"
    case stepNotDone = "step-not-done"
    case probeUnknown = "probe-unknown"
    case probeAnswer = "probe-answer"
    case handlerError = "handler-error"
    case handlerInput = "handler-input"
    case handlerDefinition = "handler-definition"
    case handlerAnswer = "handler-answer"
    case handlerUnreachable = "handler-unreachable"
    case handlerCut = "handler-cut"
    case handlerRedirect = "handler-redirect"
    case handlerUnavailable = "handler-unavailable"
    case handlerRefused = "handler-refused"
    case programNotStarted = "program-not-started"
    case programKilled = "program-killed"
    case programFailed = "program-failed"

    /// What the URI of every type begins with, before the server makes it absolute.
    package static let path = "/problems/"

    /// What stands in `type`.
    package var uri: String { Self.path + rawValue }

    /// What stands in `title`.
    package var title: String {
        switch self {
        case .canceled: "The operation was canceled"
        case .stepTimeout: "The step did not answer in time"
        case .poisonStep: "The step crashes its workers"
        case .noHandler: "No worker has the handler of this step"
        case .unknownDefinition: "The definition of this operation is missing"
        case .workerEnds: "The worker of this step is shutting down"
        case .workerLost: "The worker that ran the step was lost"
        case .operationDeadline: "The operation passed its deadline"
        case .givenUp: "An operator gave up the step"
        case .stepNotDone: "The step was not done"
        case .probeUnknown: "The probe could not determine the outcome of the step"
        case .probeAnswer: "The probe's answer cannot be used"
        case .handlerError: "The handler threw an error"
        case .handlerInput: "The handler cannot read the input"
        case .handlerDefinition: "The definition of the handler cannot be used"
        case .handlerAnswer: "The handler's answer cannot be used"
        case .handlerUnreachable: "The service could not be reached"
        case .handlerCut: "The service's response was lost"
        case .handlerRedirect: "The service answered with a redirect"
        case .handlerUnavailable: "The service is temporarily unable to do the step"
        case .handlerRefused: "The service refused the step"
        case .programNotStarted: "The program could not be started"
        case .programKilled: "The program was killed"
        case .programFailed: "The program failed"
        }
    }
}

extension Problem {
    /// A problem of one of the engine's types.
    package init(_ type: ProblemType, status: Int? = nil, detail: String? = nil, cause: JSONText? = nil) {
        self.init(type: type.uri, title: type.title, status: status, detail: detail, cause: cause)
    }
}
