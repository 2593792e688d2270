public import StepstreamJSON

/// What an operation of one type consists of: its steps in order, and their policies.
public struct Definition: Sendable, Hashable {
    /// The type that submissions name.
    public var type: Name
    /// One line for people.
    public var description: String?
    /// JSON Schema of the input (the subset of `JSONSchema`), as JSON text; none: any JSON value is taken.
    public var inputSchema: JSONText?
    /// The time an operation has in all, from its acceptance on, or from its `notBefore`; nil: as long as its steps take. When it is over
    /// the operation is rolled back and fails, unless it has passed its pivot.
    public var deadline: Milliseconds?
    /// The steps, in the order in which they run; at least one.
    public var steps: [Step]

    /// A definition of `type` with `steps`.
    public init(
        type: Name,
        description: String? = nil,
        inputSchema: JSONText? = nil,
        deadline: Milliseconds? = nil,
        steps: [Step]
    ) {
        self.type = type
        self.description = description
        self.inputSchema = inputSchema
        self.deadline = deadline
        self.steps = steps
    }

    /// The step called `name`.
    public func step(_ name: Name) -> Step? {
        // By index: a step has many parts, and copying each only to compare its name costs more than the search.
        index(of: name).map { steps[$0] }
    }

    /// The queue that messages for `work` go to: an undo's own, or else its step's. Nil when there is no such step.
    package func queue(of work: Work) -> Name? {
        guard let step = step(work.step) else { return nil }
        switch work.direction {
        case .forward: return step.queue
        case .undo: return step.undoQueue
        }
    }

    /// The queues that its messages go to.
    package var queues: Set<Name> {
        Set(steps.flatMap { $0.undo.compensation == nil ? [$0.queue] : [$0.queue, $0.undoQueue] })
    }

    /// The position of the step called `name`.
    public func index(of name: Name) -> Int? {
        var index = 0
        while index < steps.count {
            if steps[index].name == name { return index }
            index += 1
        }
        return nil
    }
}
