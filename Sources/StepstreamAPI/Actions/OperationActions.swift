package import Stepstream

/// What people do about operations, by whatever way they ask for it.
package struct OperationActions: Sendable {
    package let operations: any OperationReader
    package let change: DecidedChange
    package let definitions: DefinitionCache
    package let leases: LeaseKeeper

    /// Cancels the operation called `id`, or asks for it; answers the operation after it.
    package func cancel(_ id: String?, as caller: Caller) async throws -> Operation {
        let operation = try await apply(to: id, as: caller) { $0.cancel($1) }
        // A step that runs in this very process need not wait for its next renewal to hear of it.
        if operation.cancelRequested { leases.cancelRequested(operation.id) }
        return operation
    }

    /// Does what an operator wants on the operation called `id`; answers the operation after it.
    ///
    /// - Throws: 409 when it is not possible as the operation stands.
    package func perform(_ wanted: CommandRequest, on id: String?, as caller: Caller) async throws -> Operation {
        try await apply(to: id, as: caller) { decisions, operation in
            do throws(CommandRefusal) {
                return try decisions.perform(wanted.command, note: wanted.note, on: operation)
            } catch {
                throw RequestProblem(.conflict, error.words)
            }
        }
    }

    /// What is possible as `operation` stands, by name.
    package func possible(on operation: Operation) async throws -> [String] {
        try await definitions.decisions(operation.definition)?.possibleCommands(on: operation) ?? []
    }

    private func apply(
        to id: String?,
        as caller: Caller,
        decide: (Decisions, Operation) throws -> Transition?
    ) async throws -> Operation {
        let operation = try await operations.operation(id, of: caller)
        switch try await change.apply(to: operation, decide: decide) {
        case .applied: return try await operations.operation(id, of: caller)
        case .unchanged(let operation): return operation
        case .absent: throw RequestProblem.unknownOperation
        case .contended: throw RequestProblem(.conflict, "The operation kept changing while this was tried. Try again.")
        }
    }
}
