/// What a process says of a definition that it has: which version, and where its steps go.
package struct DeclaredDefinition: Sendable, Hashable {
    /// The type of its operations.
    package var type: Name
    /// Its version.
    package var version: DefinitionVersion
    /// Its steps, in the order in which they run.
    package var steps: [DeclaredStep]

    /// A declaration.
    package init(type: Name, version: DefinitionVersion, steps: [DeclaredStep]) {
        self.type = type
        self.version = version
        self.steps = steps
    }

    /// What is said of `definition`.
    package init(_ definition: Definition, version: DefinitionVersion) {
        self.init(type: definition.type, version: version, steps: definition.steps.map(DeclaredStep.init))
    }
}

/// What is said of one step of a definition.
package struct DeclaredStep: Sendable, Hashable {
    /// Its name.
    package var name: Name
    /// When it runs.
    package var mode: Step.Mode
    /// The queue of its messages.
    package var queue: Name
    /// What runs it, and what is asked when nobody knows what it did.
    package var handlers: Set<HandlerName>
    /// The queue of its undo; nil when it has none.
    package var undoQueue: Name?
    /// What undoes it.
    package var undoHandler: HandlerName?

    /// A step without undo.
    package init(name: Name, mode: Step.Mode = .async, queue: Name = Step.defaultQueue, handlers: Set<HandlerName>) {
        self.name = name
        self.mode = mode
        self.queue = queue
        self.handlers = handlers
    }

    /// What is said of `step`.
    package init(_ step: Step) {
        let references = [step.handler, step.onUnknown.probe?.handler].compactMap(\.self)
        self.init(name: step.name, mode: step.mode, queue: step.queue, handlers: Set(references.map(HandlerName.init)))
        guard let compensation = step.undo.compensation else { return }
        undoQueue = step.undoQueue
        undoHandler = HandlerName(compensation.handler)
    }

    /// The queues it fills, each with what must be there to run what comes out of it.
    package var needs: [(queue: Name, handlers: Set<HandlerName>)] {
        guard let undoQueue, let undoHandler else { return [(queue, handlers)] }
        if undoQueue == queue { return [(queue, handlers.union([undoHandler]))] }
        return [(queue, handlers), (undoQueue, [undoHandler])]
    }
}
