/// Something about a topology that is not as it should be.
package struct TopologyFinding: Sendable, Hashable {
    /// What can be wrong.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A queue is filled, and no process works on it.
        case queueWithoutConsumer = "queue-without-consumer"
        /// A process works on a queue that no definition fills.
        case consumerWithoutPublisher = "consumer-without-publisher"
        /// Processes have different versions of one definition.
        case definitionVersions = "definition-versions"
        /// Processes run different versions of the software.
        case softwareVersions = "software-versions"
        /// A step needs a handler that no process working on its queue has.
        case handlerMissing = "handler-missing"
        /// Operations of a type were accepted that no living process has a definition of.
        case definitionUnknown = "definition-unknown"
    }

    /// What is wrong.
    package var kind: Kind
    /// With what: a queue, a type, `type/step`, or the software.
    package var subject: String
    /// What is so, what follows from it, and what to do.
    package var words: String

    /// A finding.
    package init(_ kind: Kind, _ subject: String, _ words: String) {
        self.kind = kind
        self.subject = subject
        self.words = words
    }
}
