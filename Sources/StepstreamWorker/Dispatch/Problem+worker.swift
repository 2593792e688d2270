import Stepstream

extension Problem {
    /// The problem of a message whose operation was accepted with a definition that is not there.
    static func unknownDefinition(_ version: DefinitionVersion) -> Problem {
        Problem(.unknownDefinition, detail: "The store has no definition of version \(version). Restore it; until then the message waits.")
    }

    /// The problem of a message that a worker claimed just before it ended.
    static let workerEnds = Problem(.workerEnds, detail: "It was returned before it was begun; another worker takes it.")
}
