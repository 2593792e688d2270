import FoundationEssentials
import Logging
import Stepstream

/// Accepts submissions, runs their sync steps, and waits as long as the client wants to.
struct Submitter: Sendable {
    let configuration: ServerConfiguration
    let store: RequestStore
    let runner: InlineRunner
    let leases: LeaseKeeper
    let inline: InlineTasks
    let watcher: OperationWatcher
    let logger: Logger

    /// An operation as it is when the client wants its answer.
    struct Submitted {
        var operation: Operation
        /// What was done of what the client prefers, for `Preference-Applied`.
        var applied: [String] = []
    }

    /// A time-ordered ID.
    static func freshID() -> OperationID {
        var generator = SystemRandomNumberGenerator()
        return .timeOrdered(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000), using: &generator)
    }

    /// Accepts `request` under `id`, to which its idempotency key is bound if it has one, and returns the operation when the client wants its
    /// answer.
    func submit(_ request: SubmissionRequest, terms: SubmissionTerms, as id: OperationID) async throws -> Submitted {
        let preferences = terms.preferences
        let wait = preferences.wait.map { min(Duration.seconds($0), configuration.longPoll) }
        let start = ContinuousClock.now
        let decisions = Decisions(request.entry.definition, version: request.entry.version)
        let runsInline =
            request.notBefore == nil && !preferences.respondAsync && runner.canRun(decisions) && inline.takePlace()
        var operation: Operation
        do {
            Failpoint.reach(.beforeSubmit)
            let submission = submission(of: request, terms: terms, id: id, decisions: decisions, runsInline: runsInline)
            let (accepted, isNew) = try await accept(submission)
            Failpoint.reach(.afterSubmit)
            operation = accepted
            if runsInline, !isNew { inline.giveBack() }
            if runsInline, isNew {
                Failpoint.reach(.beforeInline)
                _ = await inline.run(operation, by: decisions, until: start + (wait ?? configuration.inlineBudget), runner: runner)
                Failpoint.reach(.afterInline)
                operation = await current(operation)
            }
        } catch {
            if runsInline { inline.giveBack() }
            throw error
        }
        var submitted = Submitted(operation: operation)
        if let durability = await durability(preferences) { submitted.applied.append(durability) }
        if preferences.respondAsync { submitted.applied.append("respond-async") }
        if let wait {
            submitted.applied.append("wait=\(wait.components.seconds)")
            submitted.operation = await ended(operation, until: start + wait, terms: terms)
        }
        Failpoint.reach(.beforeAnswer)
        return submitted
    }

    // MARK: Accepting

    private func submission(
        of request: SubmissionRequest,
        terms: SubmissionTerms,
        id: OperationID,
        decisions: Decisions,
        runsInline: Bool
    ) -> Submission {
        var submission = Submission(
            id: id,
            tenant: terms.caller.tenant,
            definition: request.entry.definition,
            version: request.entry.version,
            input: request.input,
            fingerprint: request.fingerprint,
            transition: decisions.submit(id, inline: runsInline, recovery: leases.length, notBefore: request.notBefore)
        )
        submission.metadata = request.metadata
        submission.resources = request.resources
        submission.notBefore = request.notBefore
        submission.traceparent = terms.traceparent
        submission.idempotencyKey = terms.key
        submission.callback = request.callback
        submission.durability = terms.preferences.durability
        return submission
    }

    private func accept(_ submission: Submission) async throws -> (Operation, isNew: Bool) {
        var isRepeated = false
        let answer = try await store.repeated { () throws(StoreError) in
            try await store.submit(submission)
        } onRepeat: {
            isRepeated = true
        }
        switch answer {
        case .accepted(let operation): return (operation, true)
        // Ours, if the first try did arrive: nobody runs its sync steps yet. Should somebody do, beginning them is refused here.
        case .exists(let operation): return (operation, isRepeated && operation.status == .notStarted)
        case .conflict: throw RequestProblem(.keyReused, "There is an operation \(submission.id) already, made by another request.")
        }
    }

    /// What was done of the durability that the client prefers; its submission would have been refused below that.
    private func durability(_ preferences: Preferences) async -> String? {
        guard let wanted = preferences.durability else { return nil }
        do throws(StoreError) {
            return preferences.applied(try await store.durability())
        } catch {
            // It was accepted, so there was at least this.
            return preferences.applied(wanted)
        }
    }

    // MARK: Waiting

    /// What was accepted is answered as accepted, even if the store does not answer any more.
    private func current(_ operation: Operation) async -> Operation {
        do throws(StoreError) {
            return try await store.read(operation.id) ?? operation
        } catch {
            let metadata = Logger.Metadata.about(LogSubject(operation), and: [LogKey.error: "\(error)"])
            logger.warning("An accepted operation could not be read again", metadata: metadata)
            return operation
        }
    }

    private func ended(_ operation: Operation, until deadline: ContinuousClock.Instant, terms: SubmissionTerms) async -> Operation {
        guard !operation.status.isEnded, deadline > .now else { return operation }
        switch await watcher.wait(for: operation, until: deadline, clientGone: terms.clientGone, isWanted: { $0.status.isEnded }) {
        case .wanted(let ended): return ended
        case .gone: return operation
        case .over: return await current(operation)
        }
    }
}
