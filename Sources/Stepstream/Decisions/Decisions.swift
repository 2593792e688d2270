/// The pure decisions: state in, transition out. No I/O, no clock; chance comes in as a number.
///
/// Read the files of this folder in the order in which things happen to an operation: `+submit`, `+opening`, `+settle`,
/// `+unknown`, `+undo`, `+cancel`, `+deadline`, `+operator`.
package struct Decisions: Sendable {
    /// What the operation is made of: the very version it was accepted with.
    package var definition: Definition
    /// The version of that definition.
    package var version: DefinitionVersion

    /// The decisions for operations of `definition`.
    package init(_ definition: Definition, version: DefinitionVersion) {
        self.definition = definition
        self.version = version
    }

    /// How many deaths of workers on one step make it a poison step, which fails for good.
    package static let poisonCrashes = 3

    func message(_ work: Work, of operation: OperationID) -> Message {
        Message(operation: operation, work: work, queue: queue(of: work), definition: version)
    }

    /// The queue that messages for `work` go to.
    package func queue(of work: Work) -> Name {
        definition.queue(of: work) ?? Step.defaultQueue
    }

    /// What runs `work`, its time limit and its retry budget.
    package func execution(of work: Work) -> (handler: HandlerReference, timeout: Milliseconds, retry: RetryPolicy)? {
        guard let step = definition.step(work.step) else { return nil }
        switch work.direction {
        case .forward: return (step.handler, step.timeout, step.retry)
        case .undo: return step.undo.compensation.map { ($0.handler, $0.timeout, $0.retry) }
        }
    }
}
