import Stepstream

/// What people do about operations, by whatever way they ask for it.
struct OperationActions: Sendable {
    let store: RequestStore
    let definitions: DefinitionCache
    let leases: LeaseKeeper

    /// How often a decision is made anew because the operation changed meanwhile.
    private static let tries = 20

    /// Cancels the operation called `id`, or asks for it; answers the operation after it.
    func cancel(_ id: String?, as caller: Caller) async throws -> Operation {
        let operation = try await apply(id, as: caller) { $0.cancel($1) }
        // A step that runs in this very process need not wait for its next renewal to hear of it.
        if operation.cancelRequested { leases.cancelRequested(operation.id) }
        return operation
    }

    /// Does `wanted` on the operation called `id`; answers the operation after it.
    ///
    /// - Throws: 409 when it is not possible as the operation stands.
    func act(_ wanted: CommandRequest, on id: String?, as caller: Caller) async throws -> Operation {
        try await apply(id, as: caller) { decisions, operation throws(RequestProblem) in
            do throws(CommandRefusal) {
                return try decisions.act(wanted.act, note: wanted.note, on: operation)
            } catch {
                throw RequestProblem(.conflict, error.words)
            }
        }
    }

    /// What is possible as `operation` stands, by name.
    func possible(on operation: Operation) async throws -> [String] {
        try await definitions.decisions(operation.definition)?.possibleCommands(on: operation) ?? []
    }

    /// Applies what `decide` makes of the operation; anew, as long as the operation changes meanwhile. Returns the operation after it.
    private func apply(
        _ id: String?,
        as caller: Caller,
        decide: (Decisions, Operation) throws(RequestProblem) -> Transition?
    ) async throws -> Operation {
        var operation = try await store.operation(id, of: caller)
        guard let decisions = try await definitions.decisions(operation.definition) else {
            throw StoreError(.corrupt, "The definition \(operation.definition) of operation \(operation.id) is not stored.")
        }
        for _ in 0..<Self.tries {
            guard let transition = try decide(decisions, operation) else { return operation }
            Failpoint.reach(.beforeCancel)
            switch try await store.apply(operation, with: transition) {
            case .applied:
                Failpoint.reach(.afterCancel)
                return try await store.operation(operation.id.text, of: caller)
            case .changed(let current): operation = current
            case .lost: throw RequestProblem.unknownOperation
            }
        }
        throw RequestProblem(.conflict, "The operation changes faster than this can be done. Try again.")
    }
}
