package import Logging

/// Runs the sync steps of an operation in the process that accepted it, one after the other.
package struct InlineRunner: Sendable {
    private let work: any WorkStore
    private let operations: any OperationReader
    private let executor: StepExecutor
    private let leases: LeaseKeeper
    private let logger: Logger

    /// A runner.
    package init(store: StoreRoles, executor: StepExecutor, leases: LeaseKeeper, logger: Logger) {
        work = store.work
        operations = store.operations
        self.executor = executor
        self.leases = leases
        self.logger = logger
    }

    /// How long the recovery timer of a sync step waits.
    var recovery: Milliseconds { leases.length }

    /// Whether this process has the handlers of all sync steps, and there is one to start with.
    package func canRun(_ decisions: Decisions) -> Bool {
        guard decisions.definition.steps.first?.mode == .sync else { return false }
        return decisions.definition.steps.filter { $0.mode == .sync }.allSatisfy { executor.canRun(Work(.forward, $0.name), by: decisions) }
    }

    /// Runs sync steps until one is not this process's to run, and returns the operation as it is then.
    ///
    /// - Parameters:
    ///   - operation: as accepted, its first step `waiting`.
    ///   - decisions: those of its definition.
    ///   - goesOn: whether the next sync step is still to be run here; when it answers false that step goes to its queue.
    /// - Returns: the operation as the transitions leave it.
    /// - Throws: `StoreError` when a step could not be begun; its recovery timer then hands it to a worker.
    package func run(
        _ operation: Operation,
        by decisions: Decisions,
        while goesOn: @escaping @Sendable () -> Bool
    ) async throws(StoreError) -> Operation {
        var operation = operation
        while let step = nextInline(of: operation, in: decisions.definition) {
            let work = Work(.forward, step.name)
            let message = Message(
                operation: operation.id,
                work: work,
                queue: decisions.queue(of: work),
                definition: decisions.version
            )
            let options = BeginOptions(
                consumer: leases.consumer,
                lease: leases.length,
                definitions: [decisions.version: decisions.definition],
                call: String(UInt32.random(in: .min ... .max), radix: 16)
            )
            let answers = try await begin(DeliveredMessage(message, entry: nil), with: options)
            guard case .begun(let lease, let begun)? = answers.first else { break }
            switch await executor.execute(lease, of: begun, by: decisions, goesOnInline: goesOn) {
            case .settled(let settled): operation = settled.operation(after: operation)
            case .lost: return try await current(operation)
            }
        }
        return operation
    }

    /// Once more when the answer was lost: what the first call began is then given to the second.
    private func begin(_ message: DeliveredMessage, with options: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        do {
            return try await work.begin([message], with: options)
        } catch {
            guard error.isTransient else { throw error }
            return try await work.begin([message], with: options)
        }
    }

    private func nextInline(of operation: Operation, in definition: Definition) -> Step? {
        guard !operation.status.isEnded else { return nil }
        return definition.steps.first { $0.mode == .sync && operation.steps[$0.name]?.status == .waiting }
    }

    private func current(_ operation: Operation) async throws(StoreError) -> Operation {
        try await operations.read(operation.id, withEvents: false) ?? operation
    }
}
