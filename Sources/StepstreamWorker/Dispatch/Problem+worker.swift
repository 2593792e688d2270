import Stepstream

extension Problem {
    /// The problem of a message whose operation was accepted with a definition that is not there.
    static func unknownDefinition(_ version: DefinitionVersion) -> Problem {
        Problem(
            type: "/problems/unknown-definition",
            title: "The definition of this operation is missing",
            detail: "The store has no definition of version \(version). Restore it; until then the message is put back again and again."
        )
    }

    /// The problem of a message that a worker claimed just before it ended.
    static let workerEnds = Problem(
        type: "/problems/worker-ends",
        title: "The worker that claimed this step ends",
        detail: "It was put back before it was begun; another worker takes it."
    )
}
