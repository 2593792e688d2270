public import Logging

/// Runs the sync steps of an operation in the process that accepted it, one after the other.
public struct InlineRunner: Sendable {
    private let store: any OperationStore
    private let executor: StepExecutor
    private let leases: LeaseKeeper
    private let logger: Logger

    /// A runner.
    public init(store: any OperationStore, executor: StepExecutor, leases: LeaseKeeper, logger: Logger) {
        self.store = store
        self.executor = executor
        self.leases = leases
        self.logger = logger
    }

    /// Whether this process has the handlers of all sync steps, and there is one to start with.
    public func canRun(_ decisions: Decisions) -> Bool {
        guard decisions.definition.steps.first?.mode == .sync else { return false }
        return decisions.definition.steps.filter { $0.mode == .sync }.allSatisfy { executor.canRun(Work(.run, $0.name), by: decisions) }
    }

    /// Runs sync steps until one is not this process's to run.
    ///
    /// - Parameters:
    ///   - operation: as accepted, its first step `waiting`.
    ///   - decisions: those of its definition.
    ///   - goesOn: whether the next sync step is still to be run here; when it answers false that step goes to its queue.
    /// - Returns: the operation as it is then; nil when it must be read to know that, as others have changed it too.
    /// - Throws: `StoreError` when a step could not be begun; its recovery timer then hands it to a worker.
    public func run(
        _ operation: Operation,
        by decisions: Decisions,
        while goesOn: @escaping @Sendable () -> Bool
    ) async throws(StoreError) -> Operation? {
        var operation = operation
        while let step = nextInline(of: operation, in: decisions.definition) {
            let work = Work(.run, step.name)
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
            guard case .begun(let lease, let begun)? = answers.first else { return nil }
            Failpoint.reach(.afterInlineBegin)
            switch await executor.execute(lease, of: begun, by: decisions, goesOnInline: goesOn) {
            case .settled(let settled):
                guard settled.decidedUpon.version == begun.version, let time = settled.time else { return nil }
                operation = operation.settled(settled, work, at: time)
            case .lost: return nil
            }
        }
        return operation
    }

    /// Once more when the answer was lost: what the first call began is then given to the second.
    private func begin(_ message: DeliveredMessage, with options: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        do {
            return try await store.begin([message], with: options)
        } catch {
            guard error.isTransient else { throw error }
            return try await store.begin([message], with: options)
        }
    }

    private func nextInline(of operation: Operation, in definition: Definition) -> Step? {
        guard !operation.status.isEnded else { return nil }
        return definition.steps.first { $0.mode == .sync && operation.steps[$0.name]?.status == .waiting }
    }
}

extension Operation {
    /// The operation, all of which was known before, after `work` was begun and settled. Of what else the operation has, an attempt is told only
    /// as much as decisions need.
    fileprivate func settled(_ settled: StepExecutor.Settled, _ work: Work, at time: CommitTime) -> Operation {
        let after = settled.operation
        var operation = self
        operation.status = after.status
        operation.phase = after.phase
        operation.version = after.version
        operation.result = after.result
        operation.error = after.error
        operation.cancelRequested = after.cancelRequested
        operation.isTimedOut = after.isTimedOut
        operation.updatedAt = time.time
        if settled.transition.ends {
            operation.endedAt = time.time
            operation.expiresAt = time.expiresAt
        }
        // What it has begun with: an undo that may have to be run.
        for (name, record) in after.undos where operation.undos[name] == nil { operation.undos[name] = record }
        if let record = after.record(work) { operation.set(record, of: work) }
        for change in settled.transition.changes {
            var record = change.work == work ? after.record(work) ?? StepRecord(.waiting) : operation.record(change.work) ?? StepRecord(.waiting)
            if change.work != work { record.apply(change) }
            if change.endsAttempt { record.endedAt = time.time }
            operation.set(record, of: change.work)
        }
        return operation
    }

    private mutating func set(_ record: StepRecord, of work: Work) {
        switch work.action {
        case .run: steps[work.step] = record
        case .undo: undos[work.step] = record
        }
    }
}
