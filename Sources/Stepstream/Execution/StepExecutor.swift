public import Logging

/// Takes begun work to its commit. The API process and the workers execute steps through this one path.
public struct StepExecutor: Sendable {
    /// What became of work that was begun.
    public enum End: Sendable {
        /// Committed.
        indirect case settled(Settled)
        /// The lease was lost; somebody else has the work.
        case lost
    }

    /// What was committed.
    public struct Settled: Sendable {
        let decidedUpon: Operation
        let transition: Transition
        let version: Int
        let time: CommitTime?

        /// The operation after it, as far as the transition tells. Made when it is asked for: a worker does not ask.
        public var operation: Operation {
            var operation = decidedUpon.applying(transition)
            operation.version = version
            return operation
        }
    }

    private let store: any OperationStore
    private let handlers: HandlerRegistry
    private let leases: LeaseKeeper
    private let clock: any MonotonicClock
    private let logger: Logger

    /// An executor.
    public init(
        store: any OperationStore,
        handlers: HandlerRegistry,
        leases: LeaseKeeper,
        clock: any MonotonicClock = .system,
        logger: Logger
    ) {
        self.store = store
        self.handlers = handlers
        self.leases = leases
        self.clock = clock
        self.logger = logger
    }

    /// Whether this process can run `work`.
    public func canRun(_ work: Work, by decisions: Decisions) -> Bool {
        missing(for: work, by: decisions) == nil
    }

    /// Why this process cannot run `work`: it lacks the step's handler, or its probe's. Nil when it can.
    public func missing(for work: Work, by decisions: Decisions) -> Problem? {
        guard let execution = decisions.execution(of: work) else { return .noHandler(nil) }
        let references = [execution.handler, decisions.onUnknown(work).probe?.handler].compactMap(\.self)
        return references.first { handlers.handler(for: $0) == nil }.map { .noHandler($0) }
    }

    /// Runs the handler and commits what its outcome leads to.
    ///
    /// - Parameters:
    ///   - lease: what `begin` gave.
    ///   - operation: the state `begin` gave.
    ///   - decisions: those of the very version the operation was accepted with.
    ///   - asked: when `begin` was called, by the executor's clock: the lease counts from then. Now, unless said otherwise.
    ///   - goesOnInline: whether a following sync step will be run by the caller; asked when the outcome is known.
    /// - Returns: what became of it.
    public func execute(
        _ lease: Lease,
        of operation: Operation,
        by decisions: Decisions,
        askedAt asked: Duration? = nil,
        goesOnInline: @Sendable () -> Bool = { false }
    ) async -> End {
        let ticket = leases.hold(lease, of: operation, since: asked ?? clock.now)
        defer { leases.release(ticket) }
        guard let (outcome, isKnownNotDone) = await outcome(of: lease, ticket, operation, by: decisions) else { return .lost }
        let circumstances = Circumstances(
            inline: goesOnInline(),
            recovery: leases.length,
            random: outcome.chance,
            isKnownNotDone: isKnownNotDone
        )
        return await settle(lease, ticket, of: operation, outcome: outcome, by: decisions, in: circumstances)
    }

    /// The outcome, and whether a probe said that no attempt before has had an effect; nil when the lease was lost.
    private func outcome(
        of lease: Lease,
        _ ticket: LeaseKeeper.Ticket,
        _ operation: Operation,
        by decisions: Decisions
    ) async -> (Outcome, isKnownNotDone: Bool)? {
        let work = lease.message.work
        var opening = decisions.opening(of: work, in: operation)
        var isKnownNotDone = false
        if case .probe(let probe) = opening {
            let context = StepContext(lease, operation, probe.handler, probe.timeout, decisions.definition, isProbe: true)
            switch await run(context, ticket, by: decisions) {
            case .answered(let outcome):
                let answer = ProbeAnswer(outcome)
                isKnownNotDone = answer == .notDone
                opening = decisions.opening(after: answer, of: work, in: operation)
            case .givenUp(let outcome): return (outcome, false)
            case .lost: return nil
            }
        }
        switch opening {
        case .settle(let outcome): return (outcome, isKnownNotDone)
        case .probe: return (.unknown(.probeUnknown), false)
        case .run:
            guard let execution = decisions.execution(of: work) else {
                return (.failed(.noHandler(nil), retry: .byPolicy(after: nil)), false)
            }
            let context = StepContext(lease, operation, execution.handler, execution.timeout, decisions.definition)
            switch await run(context, ticket, by: decisions) {
            case .answered(let outcome), .givenUp(let outcome): return (outcome, isKnownNotDone)
            case .lost: return nil
            }
        }
    }

    /// How a call of a handler ended.
    private enum CallEnd {
        case answered(Outcome)
        case givenUp(Outcome)
        case lost
    }

    private func run(_ context: StepContext, _ ticket: LeaseKeeper.Ticket, by decisions: Decisions) async -> CallEnd {
        guard let handler = handlers.handler(for: context.handler) else {
            return .answered(.failed(.noHandler(context.handler), retry: .byPolicy(after: nil)))
        }
        Failpoint.reach(context.work.action == .undo ? .beforeUndo : .beforeRun)
        let attempt = leases.start(ticket, timeout: context.timeout)
        let end = await attempt.run {
            do {
                return try await handler.run(context)
            } catch {
                return .failed(.thrown(error), retry: .byPolicy(after: nil))
            }
        }
        Failpoint.reach(context.work.action == .undo ? .afterUndo : .afterRun)
        switch end {
        case .answered(let outcome): return .answered(outcome)
        case .timedOut: return .givenUp(.unknown(.timedOut(after: context.timeout)))
        case .cancelRequested: return .givenUp(.unknown(.canceled))
        case .leaseLost: return .lost
        case .drained:
            // What may have been done, and is not to be repeated unasked, is not handed to another worker.
            let isToBeHeld = attempt.wasBegun && !context.isProbe && decisions.onUnknown(context.work) == .hold
            return .givenUp(isToBeHeld ? .unknown(.drained) : .handedBack)
        }
    }

    /// A commit that fails is work, not a log line: it is repeated until the lease is lost.
    private func settle(
        _ lease: Lease,
        _ ticket: LeaseKeeper.Ticket,
        of operation: Operation,
        outcome: Outcome,
        by decisions: Decisions,
        in circumstances: Circumstances
    ) async -> End {
        var operation = operation
        var failures = 0
        while leases.mayCommit(ticket) {
            let transition = decisions.settle(lease.message.work, of: operation, outcome: outcome, in: circumstances)
            Failpoint.reach(.beforeCommit)
            do {
                switch try await store.commit(lease, of: operation, transition) {
                case .applied(let version, let time):
                    Failpoint.reach(outcome == .handedBack ? .afterHandBack : .afterCommit)
                    AttemptReport(logger: logger).note(lease, of: operation, outcome, transition)
                    return .settled(Settled(decidedUpon: operation, transition: transition, version: version, time: time))
                case .changed(let current):
                    Failpoint.reach(.commitChanged)
                    operation = current
                case .lost:
                    logger.info("A commit was refused: the lease is lost", metadata: .about(LogSubject(lease, of: operation)))
                    return .lost
                }
            } catch {
                failures += 1
                guard await waitToRepeat(lease, of: operation, after: error, failures: failures) else { return .lost }
            }
        }
        return .lost
    }

    /// Waits before a commit is repeated; false when it is not to be.
    ///
    /// Every failure is one log line for the step, not one for each repetition. An error that waiting does not mend is repeated a few
    /// times only: else the step would hold its lease for ever. Recovery by lease counts it as a crash, and so finds its end.
    private func waitToRepeat(_ lease: Lease, of operation: Operation, after error: StoreError, failures: Int) async -> Bool {
        if error.code == .cancelled { return false }
        Failpoint.reach(.commitRepeats)
        let metadata = Logger.Metadata.about(LogSubject(lease, of: operation), [LogKey.error: "\(error)"])
        if failures == 1 { logger.warning("A commit failed and is repeated until its lease ends", metadata: metadata) }
        if !error.isTransient, failures >= 10 {
            logger.error("A commit was given up: the store cannot take it", metadata: metadata)
            return false
        }
        let pause = min(.milliseconds(50) * (1 << min(failures - 1, 5)), .seconds(1)) * Double.random(in: 0.5...1)
        // Canceled only when the process ends; then recovery by lease takes over.
        do { try await clock.sleep(until: clock.now + pause) } catch { return false }
        return true
    }
}

extension Outcome {
    /// The chance that a decision on it draws from; only a retry does, and the generator is a system call.
    fileprivate var chance: Double {
        switch self {
        case .succeeded, .handedBack, .failed(_, retry: .never): 0
        case .failed(_, retry: .byPolicy), .unknown: .random(in: 0..<1)
        }
    }
}

extension StepContext {
    init(
        _ lease: Lease,
        _ operation: Operation,
        _ handler: HandlerReference,
        _ timeout: Milliseconds,
        _ definition: Definition,
        isProbe: Bool = false
    ) {
        self.init(
            operation: operation.id,
            type: operation.type,
            work: lease.message.work,
            handler: handler,
            attempt: operation.record(lease.message.work)?.attempts ?? 1,
            epoch: lease.epoch,
            timeout: timeout,
            input: operation.input,
            results: definition.steps.compactMap { step in operation.steps[step.name]?.result.map { (step.name, $0) } },
            traceparent: operation.traceparent,
            isProbe: isProbe
        )
    }
}
