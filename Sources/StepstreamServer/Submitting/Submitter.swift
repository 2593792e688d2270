import FoundationEssentials
import Logging
import Stepstream

/// Accepts submissions, runs their sync steps, and waits as long as the client wants to.
struct Submitter: Sendable {
    let configuration: ServerConfiguration
    let store: any OperationStore
    let catalog: DefinitionCatalog
    let runner: InlineRunner
    let leases: LeaseKeeper
    let inline: InlineTasks
    let watcher: OperationWatcher

    /// What the headers of a submission say.
    struct Terms {
        var tenant: Name
        var id: OperationID?
        var key: String?
        var preferences: Preferences
        var traceparent: String?
    }

    /// Accepts `request` and returns the operation when the client wants its answer.
    func submit(_ request: SubmissionRequest, _ terms: Terms) async throws -> Operation {
        if let header = terms.id, let member = request.id, header != member {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "/id", detail: "The header Operation-Id names another ID.")])
        }
        let fingerprint = request.fingerprint
        var id = terms.id ?? request.id ?? Self.freshID()
        if let key = terms.key {
            let reservation = Reservation(tenant: terms.tenant, key: key, id: id, fingerprint: fingerprint)
            switch try await store.reserve(reservation) {
            case .reserved: break
            case .bound(let bound): id = bound
            case .conflict: throw RequestProblem(.keyReused, "This Idempotency-Key was used with another request.")
            }
        }
        let decisions = Decisions(request.entry.definition, version: request.entry.version)
        let runsInline = request.notBefore == nil && !terms.preferences.respondAsync && runner.canRun(decisions)
        var submission = Submission(
            id: id,
            tenant: terms.tenant,
            definition: request.entry.definition,
            version: request.entry.version,
            input: request.input,
            fingerprint: fingerprint,
            transition: decisions.submit(id, inline: runsInline, recovery: leases.length, notBefore: request.notBefore)
        )
        submission.metadata = request.metadata
        submission.notBefore = request.notBefore
        submission.traceparent = terms.traceparent
        switch try await store.submit(submission) {
        case .conflict: throw RequestProblem(.keyReused, "There is an operation \(id) already, made by another request.")
        case .exists(let operation):
            guard operation.tenant == terms.tenant else { throw RequestProblem(.keyReused, "There is an operation \(id) already.") }
            return try await settled(operation, terms.preferences)
        case .accepted(let operation):
            guard runsInline else { return try await settled(operation, terms.preferences) }
            let after = await runInline(operation, decisions, terms.preferences)
            return try await settled(try await store.read(id, withEvents: false) ?? after, terms.preferences)
        }
    }

    /// A time-ordered ID.
    static func freshID() -> OperationID {
        var generator = SystemRandomNumberGenerator()
        return .timeOrdered(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000), using: &generator)
    }

    /// Runs sync steps in a task of the server's, and returns when they are through or the budget is spent; then they go on without us.
    private func runInline(_ operation: Operation, _ decisions: Decisions, _ preferences: Preferences) async -> Operation {
        let budget = preferences.wait.map { min(.seconds($0), configuration.longPoll) } ?? configuration.inlineBudget
        return await inline.run(operation, by: decisions, within: budget, runner: runner)
    }

    private func settled(_ operation: Operation, _ preferences: Preferences) async throws -> Operation {
        guard let seconds = preferences.wait, !operation.status.isEnded else { return operation }
        let limit = min(.seconds(seconds), configuration.longPoll)
        return try await watcher.wait(for: operation, atMost: limit) { $0.status.isEnded } ?? operation
    }
}
