package import Logging

/// Submits operations: accepts them, runs their sync steps, and waits as long as the caller wants. HTTP and Swift submit through it.
///
/// Requests with one idempotency key are one: they get one ID, and once the first has been answered its answer.
package final class Submitter: Sendable {
    /// How long an answer may be held up.
    package struct Limits: Sendable {
        /// By sync steps, unless the request says how long it waits.
        package var inlineBudget: Duration
        /// At the longest, whatever the request says.
        package var wait: Duration

        /// Limits.
        package init(inlineBudget: Duration, wait: Duration) {
            self.inlineBudget = inlineBudget
            self.wait = wait
        }
    }

    /// What came of a request.
    package enum Answer: Sendable {
        /// It was submitted. A reservation means that it is the first of its key, whose answer is to be kept.
        case submitted(Submitted, Reservation?)
        /// Its key was answered with this before.
        case answered(String)
    }

    /// An operation as it is when the caller is to have its answer.
    package struct Submitted: Sendable {
        /// The operation.
        package var operation: Operation
        /// What its acceptance survives, where the request asked for something.
        package var durability: Durability?
        /// How long the answer was willing to wait, where the request asked for it.
        package var wait: Duration?

        /// What came of a submission.
        package init(operation: Operation, durability: Durability? = nil, wait: Duration? = nil) {
            self.operation = operation
            self.durability = durability
            self.wait = wait
        }
    }

    let store: StoreRoles
    let runner: InlineRunner
    private let inline: InlineTasks
    private let watcher: OperationWatcher
    private let limits: Limits
    private let logger: Logger

    /// A submitter; `inline.run()` must run while it is used.
    package init(
        store: StoreRoles,
        runner: InlineRunner,
        inline: InlineTasks,
        watcher: OperationWatcher,
        limits: Limits,
        logger: Logger
    ) {
        self.store = store
        self.runner = runner
        self.inline = inline
        self.watcher = watcher
        self.limits = limits
        self.logger = logger
    }

    /// Submits `request`, unless the first one with its key has been answered.
    ///
    /// - Parameters:
    ///   - request: what is to be submitted.
    ///   - clientGone: ends when nobody waits for the answer any more; nil: not known.
    /// - Returns: what came of it.
    /// - Throws: `SubmissionRefusal` or `StoreError`.
    package func submit(_ request: SubmissionRequest, clientGone: AsyncStream<Void>? = nil) async throws -> Answer {
        guard let key = request.idempotencyKey else {
            return .submitted(try await submit(unkeyed: request, clientGone: clientGone), nil)
        }
        let fingerprint = request.fingerprint
        var reservation = Reservation(
            tenant: request.tenant,
            key: key,
            id: request.id ?? .fresh(),
            fingerprint: fingerprint,
            request: OperationID.fresh().text
        )
        switch try await StoreError.repeatingOnce({ () throws(StoreError) in try await store.keys.reserve(reservation) }) {
        case .reserved:
            return try await submitFirst(request, of: reservation, isNew: true, clientGone: clientGone)
        case .bound(let bound):
            try check(request.id, is: bound)
            reservation.id = bound
            return try await submitFirst(request, of: reservation, isNew: false, clientGone: clientGone)
        case .accepting(let bound):
            try check(request.id, is: bound)
            // Its own try before this one may be what is on its way: then an answer was cut off that the client should have now.
            guard try await store.operations.read(bound, withEvents: false) != nil else { throw SubmissionRefusal.keyInUse }
            return .submitted(try await submit(request, as: bound, fingerprint: fingerprint, clientGone: clientGone), nil)
        case .answered(let text): return .answered(text)
        case .expired: throw SubmissionRefusal.keyExpired
        case .conflict: throw SubmissionRefusal.keyReused
        }
    }

    /// Submits `request`, whose idempotency key, if it has one, is passed over.
    ///
    /// - Throws: `SubmissionRefusal` or `StoreError`.
    package func submit(unkeyed request: SubmissionRequest, clientGone: AsyncStream<Void>? = nil) async throws -> Submitted {
        try await submit(request, as: request.id ?? .fresh(), fingerprint: request.fingerprint, clientGone: clientGone)
    }

    // MARK: Keys

    private func check(_ wanted: OperationID?, is bound: OperationID) throws(SubmissionRefusal) {
        if let wanted, wanted != bound { throw .keyOfAnotherID }
    }

    private func submitFirst(
        _ request: SubmissionRequest,
        of reservation: Reservation,
        isNew: Bool,
        clientGone: AsyncStream<Void>?
    ) async throws -> Answer {
        do {
            let submitted = try await submit(
                request,
                as: reservation.id,
                fingerprint: reservation.fingerprint,
                clientGone: clientGone
            )
            return .submitted(submitted, reservation)
        } catch {
            if !((error as? StoreError)?.code == .indeterminate) { await release(reservation, isNew: isNew) }
            throw error
        }
    }

    /// Keeps the answer to the first request of a key. What was accepted is answered, even if this fails: a replay then gets the operation as it is.
    package func keep(_ answer: String, to reservation: Reservation, of operation: Operation) async {
        do throws(StoreError) {
            try await StoreError.repeatingOnce { () throws(StoreError) in try await store.keys.keep(answer, to: reservation) }
        } catch {
            let metadata = Logger.Metadata.about(LogSubject(operation), and: [LogKey.error: "\(error)"])
            logger.warning("The response for an idempotency key could not be stored", metadata: metadata)
        }
    }

    private func release(_ reservation: Reservation, isNew: Bool) async {
        do throws(StoreError) {
            try await store.keys.release(reservation, isNew: isNew)
        } catch {
            // It is free again when the time to accept it is over.
            logger.debug("An idempotency key could not be released", metadata: [LogKey.error: "\(error)"])
        }
    }

    // MARK: Accepting

    private func submit(
        _ request: SubmissionRequest,
        as id: OperationID,
        fingerprint: String,
        clientGone: AsyncStream<Void>?
    ) async throws -> Submitted {
        let start = ContinuousClock.now
        let wait = request.wait.map { min($0, limits.wait) }
        let decisions = Decisions(request.entry.definition, version: request.entry.version)
        let isInline = mayRunInline(request, by: decisions) && inline.takePlace()
        let submission = Submission(
            of: request,
            as: id,
            fingerprint: fingerprint,
            by: decisions,
            inline: isInline,
            recovery: runner.recovery
        )
        var submitted: Submitted
        do {
            let isNew: Bool
            (submitted, isNew) = try await accept(submission)
            if isInline {
                if isNew {
                    let deadline = start + (wait ?? limits.inlineBudget)
                    submitted.operation = await runInline(submitted.operation, by: decisions, until: deadline)
                } else {
                    inline.releasePlace()
                }
            }
        } catch {
            if isInline { inline.releasePlace() }
            throw error
        }
        submitted.durability = await durability(asked: request.durability)
        if let wait {
            submitted.wait = wait
            submitted.operation = await ended(submitted.operation, until: start + wait, clientGone: clientGone)
        }
        Failpoint.reach(.beforeAnswer)
        return submitted
    }

    /// Whether this process runs the first steps of `request`, if there is a place.
    func mayRunInline(_ request: SubmissionRequest, by decisions: Decisions) -> Bool {
        request.notBefore == nil && !request.respondsAsync && runner.canRun(decisions)
    }

    private func accept(_ submission: Submission) async throws -> (Submitted, isNew: Bool) {
        let answer: SubmitAnswer
        // Without a closure for the first try, as nearly all need no other.
        do throws(StoreError) {
            answer = try await store.submissions.submit(submission)
        } catch {
            guard error.code == .indeterminate else { throw error }
            return try await acceptAgain(submission, after: error)
        }
        return try Self.accepted(answer, as: submission.id, isRepeated: false)
    }

    private func acceptAgain(_ submission: Submission, after error: StoreError) async throws -> (Submitted, isNew: Bool) {
        let answer = try await error.repeating { () throws(StoreError) in try await store.submissions.submit(submission) }
        return try Self.accepted(answer, as: submission.id, isRepeated: true)
    }

    private static func accepted(
        _ answer: SubmitAnswer,
        as id: OperationID,
        isRepeated: Bool
    ) throws(SubmissionRefusal) -> (Submitted, isNew: Bool) {
        switch answer {
        case .accepted(let operation): return (Submitted(operation: operation), true)
        // Ours, if the first try did arrive: nobody runs its sync steps yet. Should somebody do, beginning them is refused here.
        case .exists(let operation): return (Submitted(operation: operation), isRepeated && operation.status == .notStarted)
        case .conflict: throw .idTaken(id)
        }
    }

    private func runInline(_ operation: Operation, by decisions: Decisions, until deadline: ContinuousClock.Instant) async -> Operation {
        Failpoint.reach(.beforeInline)
        let ended = await inline.run(operation, by: decisions, until: deadline, runner: runner)
        Failpoint.reach(.afterInline)
        if let ended { return ended }
        return await current(operation)
    }

    /// What an acceptance survives; the submission would have been refused below what was asked for.
    private func durability(asked: Durability?) async -> Durability? {
        guard let asked else { return nil }
        // It was accepted, so there was at least this.
        return await durability() ?? asked
    }

    /// What acceptances survive at present; nil if the store does not say.
    func durability() async -> Durability? {
        do throws(StoreError) {
            return try await store.submissions.durability()
        } catch {
            // Counted where the store is observed, and no reason to tell that nothing was accepted.
            return nil
        }
    }

    // MARK: Waiting

    /// What was accepted is answered as accepted, even if the store does not answer any more.
    private func current(_ operation: Operation) async -> Operation {
        do throws(StoreError) {
            return try await store.operations.read(operation.id, withEvents: false) ?? operation
        } catch {
            let metadata = Logger.Metadata.about(LogSubject(operation), and: [LogKey.error: "\(error)"])
            logger.warning("An accepted operation could not be read back", metadata: metadata)
            return operation
        }
    }

    private func ended(
        _ operation: Operation,
        until deadline: ContinuousClock.Instant,
        clientGone: AsyncStream<Void>?
    ) async -> Operation {
        guard !operation.status.isEnded, deadline > .now else { return operation }
        switch await watcher.wait(for: operation, until: deadline, clientGone: clientGone, isWanted: { $0.status.isEnded }) {
        case .wanted(let ended): return ended
        case .gone: return operation
        case .over: return await current(operation)
        }
    }
}
