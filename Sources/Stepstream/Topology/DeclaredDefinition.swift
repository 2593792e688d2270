/// What a process says of a definition that it has: which version, and where its steps go.
public struct DeclaredDefinition: Sendable, Hashable {
    /// The type of its operations.
    public var type: Name
    /// Its version.
    public var version: DefinitionVersion
    /// Its steps, in the order in which they run.
    public var steps: [DeclaredStep]

    /// A declaration.
    public init(type: Name, version: DefinitionVersion, steps: [DeclaredStep]) {
        self.type = type
        self.version = version
        self.steps = steps
    }

    /// What is said of `definition`.
    public init(_ definition: Definition, version: DefinitionVersion) {
        self.init(type: definition.type, version: version, steps: definition.steps.map(DeclaredStep.init))
    }
}

/// What is said of one step of a definition.
public struct DeclaredStep: Sendable, Hashable {
    /// Its name.
    public var name: Name
    /// When it runs.
    public var mode: Step.Mode
    /// The queue of its messages.
    public var queue: Name
    /// What runs it, and what is asked when nobody knows what it did.
    public var handlers: Set<HandlerName>
    /// The queue of its undo; nil when it has none.
    public var undoQueue: Name?
    /// What undoes it.
    public var undoHandler: HandlerName?

    /// A step without undo.
    public init(name: Name, mode: Step.Mode = .async, queue: Name = Step.defaultQueue, handlers: Set<HandlerName>) {
        self.name = name
        self.mode = mode
        self.queue = queue
        self.handlers = handlers
    }

    /// What is said of `step`.
    public init(_ step: Step) {
        let references = [step.handler, step.onUnknown.probe?.handler].compactMap(\.self)
        self.init(name: step.name, mode: step.mode, queue: step.queue, handlers: Set(references.map(HandlerName.init)))
        guard let compensation = step.undo.compensation else { return }
        undoQueue = step.undoQueue
        undoHandler = HandlerName(compensation.handler)
    }

    /// The queues it fills, each with what must be there to run what comes out of it.
    public var needs: [(queue: Name, handlers: Set<HandlerName>)] {
        guard let undoQueue, let undoHandler else { return [(queue, handlers)] }
        if undoQueue == queue { return [(queue, handlers.union([undoHandler]))] }
        return [(queue, handlers), (undoQueue, [undoHandler])]
    }
}
