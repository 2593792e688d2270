import FoundationEssentials
import Logging
import Stepstream

/// Accepts submissions, runs their sync steps, and waits as long as the client wants to.
final class Submitter: Sendable {
    private let configuration: ServerConfiguration
    private let store: RequestStore
    private let runner: InlineRunner
    private let leases: LeaseKeeper
    private let inline: InlineTasks
    private let watcher: OperationWatcher
    private let logger: Logger

    init(
        configuration: ServerConfiguration,
        store: RequestStore,
        runner: InlineRunner,
        leases: LeaseKeeper,
        inline: InlineTasks,
        watcher: OperationWatcher,
        logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.runner = runner
        self.leases = leases
        self.inline = inline
        self.watcher = watcher
        self.logger = logger
    }

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
    func submit(_ request: SubmissionRequest, _ terms: SubmissionTerms, as id: OperationID) async throws -> Submitted {
        let preferences = terms.preferences
        let wait = preferences.wait.map { min(Duration.seconds($0), configuration.longPoll) }
        let start = ContinuousClock.now
        let decisions = Decisions(request.entry.definition, version: request.entry.version)
        let runsInline = mayRunInline(request, terms, decisions) && inline.takePlace()
        var submitted: Submitted
        do {
            Failpoint.reach(.beforeSubmit)
            let submission = submission(of: request, terms, id, decisions, runsInline: runsInline)
            let isNew: Bool
            (submitted, isNew) = try await accept(submission)
            Failpoint.reach(.afterSubmit)
            if runsInline, !isNew { inline.giveBack() }
            if runsInline, isNew {
                Failpoint.reach(.beforeInline)
                let deadline = start + (wait ?? configuration.inlineBudget)
                let known = await inline.run(submitted.operation, by: decisions, until: deadline, runner: runner)
                Failpoint.reach(.afterInline)
                if let known { submitted.operation = known } else { submitted.operation = await current(submitted.operation) }
            }
        } catch {
            if runsInline { inline.giveBack() }
            throw error
        }
        if let durability = await durability(preferences) { submitted.applied.append(durability) }
        if preferences.respondAsync { submitted.applied.append("respond-async") }
        if let wait {
            submitted.applied.append("wait=\(wait.components.seconds)")
            submitted.operation = await ended(submitted.operation, until: start + wait, terms)
        }
        Failpoint.reach(.beforeAnswer)
        return submitted
    }

    /// Accepts `requests`, and returns for each, in order, the operation when the client wants its answer; none is waited for. Those whose
    /// sync steps run here are submitted each by itself, all others in one call of the store.
    func submit(_ requests: [SubmissionRequest], _ terms: SubmissionTerms) async -> [Result<Submitted, any Error>] {
        await withTaskGroup(of: (Int, Result<Submitted, any Error>).self) { group in
            // Side by side: whose submission is at the same place.
            var places: [Int] = []
            var together: [Submission] = []
            places.reserveCapacity(requests.count)
            together.reserveCapacity(requests.count)
            for index in requests.indices {
                let request = requests[index]
                let id = request.id ?? Self.freshID()
                let decisions = Decisions(request.entry.definition, version: request.entry.version)
                if mayRunInline(request, terms, decisions) {
                    group.addTask { (index, await self.result(of: request, terms, as: id)) }
                } else {
                    places.append(index)
                    together.append(submission(of: request, terms, id, decisions, runsInline: false))
                }
            }
            Failpoint.reach(.beforeSubmit)
            let accepted = await accept(together)
            Failpoint.reach(.afterSubmit)
            let applied = await [durability(terms.preferences), terms.preferences.respondAsync ? "respond-async" : nil].compactMap(\.self)
            var results = [Result<Submitted, any Error>?](repeating: nil, count: requests.count)
            for (place, result) in zip(places, accepted) { results[place] = result.map { Submitted(operation: $0, applied: applied) } }
            for await (index, result) in group { results[index] = result }
            Failpoint.reach(.beforeAnswer)
            return results.map { $0 ?? .failure(StoreError.unanswered) }
        }
    }

    private func result(of request: SubmissionRequest, _ terms: SubmissionTerms, as id: OperationID) async -> Result<Submitted, any Error> {
        do {
            return .success(try await submit(request, terms, as: id))
        } catch {
            return .failure(error)
        }
    }

    /// Whether this process runs the first steps of `request`, if there is a place.
    private func mayRunInline(_ request: SubmissionRequest, _ terms: SubmissionTerms, _ decisions: Decisions) -> Bool {
        request.notBefore == nil && !terms.preferences.respondAsync && runner.canRun(decisions)
    }

    // MARK: Accepting

    private func submission(
        of request: SubmissionRequest,
        _ terms: SubmissionTerms,
        _ id: OperationID,
        _ decisions: Decisions,
        runsInline: Bool
    ) -> Submission {
        Submission(
            id: id,
            tenant: terms.caller.tenant,
            definition: request.entry.definition,
            version: request.entry.version,
            input: request.input,
            metadata: request.metadata,
            resources: request.resources,
            fingerprint: request.fingerprint,
            notBefore: request.notBefore,
            traceparent: terms.traceparent,
            idempotencyKey: terms.key,
            durability: terms.preferences.durability,
            callback: request.callback,
            transition: decisions.submit(id, inline: runsInline, recovery: leases.length, notBefore: request.notBefore)
        )
    }

    private func accept(_ submission: Submission) async throws -> (Submitted, isNew: Bool) {
        let answer: SubmitAnswer
        do throws(StoreError) {
            answer = try await store.submit(submission)
        } catch {
            guard error.code == .indeterminate else { throw error }
            return try await acceptAgain(submission, after: error)
        }
        return try Self.accepted(answer, submission.id, isRepeated: false)
    }

    private func acceptAgain(_ submission: Submission, after error: StoreError) async throws -> (Submitted, isNew: Bool) {
        let answer = try await store.again(after: error) { () throws(StoreError) in try await store.submit(submission) }
        return try Self.accepted(answer, submission.id, isRepeated: true)
    }

    private static func accepted(_ answer: SubmitAnswer, _ id: OperationID, isRepeated: Bool) throws -> (Submitted, isNew: Bool) {
        switch answer {
        case .accepted(let operation): return (Submitted(operation: operation), true)
        // Ours, if the first try did arrive: nobody runs its sync steps yet. Should somebody do, beginning them is refused here.
        case .exists(let operation): return (Submitted(operation: operation), isRepeated && operation.status == .notStarted)
        case .conflict: throw RequestProblem.conflict(id)
        }
    }

    private func accept(_ submissions: [Submission]) async -> [Result<Operation, any Error>] {
        guard !submissions.isEmpty else { return [] }
        var answers = await answers(to: submissions)
        // Once more where nobody knows whether it was done, as for one.
        let unknown = answers.indices.filter { if case .failure(let error) = answers[$0] { error.code == .indeterminate } else { false } }
        if !unknown.isEmpty {
            for (index, answer) in zip(unknown, await self.answers(to: unknown.map { submissions[$0] })) {
                if case .failure(let error) = answer, error.isTransient { continue }
                answers[index] = answer
            }
        }
        return zip(answers, submissions).map { answer, submission in
            switch answer {
            case .success(.accepted(let operation)), .success(.exists(let operation)): .success(operation)
            case .success(.conflict): .failure(RequestProblem.conflict(submission.id))
            case .failure(let error): .failure(error)
            }
        }
    }

    private func answers(to submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        do throws(StoreError) {
            return try await store.submit(submissions)
        } catch {
            return submissions.map { _ in .failure(error) }
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
            let metadata = Logger.Metadata.about(LogSubject(operation), [LogKey.error: "\(error)"])
            logger.warning("An accepted operation could not be read again", metadata: metadata)
            return operation
        }
    }

    private func ended(_ operation: Operation, until deadline: ContinuousClock.Instant, _ terms: SubmissionTerms) async -> Operation {
        guard !operation.status.isEnded, deadline > .now else { return operation }
        switch await watcher.wait(for: operation, until: deadline, clientGone: terms.clientGone, { $0.status.isEnded }) {
        case .wanted(let ended): return ended
        case .gone: return operation
        case .over: return await current(operation)
        }
    }
}

extension RequestProblem {
    fileprivate static func conflict(_ id: OperationID) -> RequestProblem {
        RequestProblem(.keyReused, "There is an operation \(id) already, made by another request.")
    }
}

extension StoreError {
    fileprivate static let unanswered = StoreError(.corrupt, "The store did not answer for every submission of a batch.")
}
