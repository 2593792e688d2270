/// Changes an operation otherwise than by an attempt: decides, applies, and decides again as long as the operation changes meanwhile.
package struct DecidedChange: Sendable {
    /// What became of it.
    package enum Answer: Sendable {
        /// Applied to this state.
        case applied(Operation)
        /// There was nothing to change in this state.
        case unchanged(Operation)
        /// The operation is gone.
        case absent
        /// The operation changed faster than it could be decided upon.
        case contended
    }

    /// How often it is decided again.
    private static let tries = 20

    private let editor: any OperationEditor
    private let definitions: DefinitionCache

    /// Changes through `editor`.
    package init(_ editor: any OperationEditor, definitions: DefinitionCache) {
        self.editor = editor
        self.definitions = definitions
    }

    /// Applies what `decide` makes of `operation`; nil: nothing.
    ///
    /// - Throws: what `decide` throws, or a `StoreError`.
    package func apply(to operation: Operation, decide: (Decisions, Operation) throws -> Transition?) async throws -> Answer {
        var operation = operation
        guard let decisions = try await definitions.decisions(operation.definition) else {
            throw StoreError(.corrupt, "The definition \(operation.definition) of operation \(operation.id) is not stored.")
        }
        for _ in 0..<Self.tries {
            guard let transition = try decide(decisions, operation) else { return .unchanged(operation) }
            switch try await editor.apply(transition, to: operation) {
            case .applied: return .applied(operation)
            case .changed(let current): operation = current
            case .lost: return .absent
            }
        }
        return .contended
    }
}
