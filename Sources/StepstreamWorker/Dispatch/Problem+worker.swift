import Stepstream

extension Problem {
    /// The problem of a message whose operation was accepted with a definition that is not there.
    static func unknownDefinition(_ version: DefinitionVersion) -> Problem {
        Problem(
            type: "/problems/unknown-definition",
            title: "The definition of this operation is missing",
            detail: "The store has no definition of version \(version). Restore it; until then the message is snoozed repeatedly."
        )
    }

    /// The problem of a message that a worker claimed just before it ended.
    static let workerEnds = Problem(
        type: "/problems/worker-ends",
        title: "The worker that claimed this step is shutting down",
        detail: "It was snoozed before it began; another worker takes it."
    )
}
