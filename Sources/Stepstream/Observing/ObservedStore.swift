import CoreMetrics
import Synchronization

/// A store whose calls are counted: the one place where it is measured what happens to operations.
public final class ObservedStore: OperationStore {
    private let store: any OperationStore
    private let meters: Meters
    private let counts: CountKeeper?
    private let tracer: (any OperationTracer)?
    private let spans = RunningSpans()
    private let now: @Sendable () -> Milliseconds
    /// By how much the store's clock is ahead of ours, as the last begin told.
    private let offset = Atomic<Int64>(0)
    private let lastAccepted = Mutex<(type: Name, counter: Counter)?>(nil)

    /// - Parameters:
    ///   - store: what does the work.
    ///   - meters: where it is counted.
    ///   - counts: where it is counted to be kept; nil: nowhere.
    ///   - tracer: draws spans; nil: there are none.
    ///   - now: Unix time, by this machine's clock.
    public init(
        _ store: any OperationStore,
        meters: Meters,
        counts: CountKeeper?,
        tracer: (any OperationTracer)? = nil,
        now: @escaping @Sendable () -> Milliseconds
    ) {
        self.tracer = tracer
        self.store = store
        self.meters = meters
        self.counts = counts
        self.now = now
    }

    /// See `OperationStore`.
    public var executor: (any TaskExecutor)? { store.executor }

    // MARK: What is counted

    /// See `OperationStore`.
    public func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        if let tracer { return try await traced(submission, by: tracer) }
        let answer: SubmitAnswer
        do {
            answer = try await store.submit(submission)
        } catch {
            throw noted(error)
        }
        note(answer, to: submission)
        return answer
    }

    /// The same with a span, which changes a submission: that has many parts to copy.
    private func traced(_ submission: Submission, by tracer: any OperationTracer) async throws(StoreError) -> SubmitAnswer {
        var submission = submission
        let span = tracer.submission(&submission)
        do {
            let answer = try await store.submit(submission)
            span.end()
            note(answer, to: submission)
            return answer
        } catch {
            span.fail("\(error.code)")
            throw noted(error)
        }
    }

    private func note(_ answer: SubmitAnswer, to submission: Submission) {
        guard case .accepted = answer else { return }
        noteAccepted(1, of: submission.definition.type)
    }

    private func noteAccepted(_ count: Int, of type: Name) {
        // Those of one type mostly follow each other.
        let counter = lastAccepted.withLock { last in
            if let last, last.type == type { return last.counter }
            let counter = meters.counter(.operationsAccepted, [type.text])
            last = (type, counter)
            return counter
        }
        counter.increment(by: count)
        counts?.note { $0.count(.accepted, count) }
    }

    /// See `OperationStore`.
    public func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        var submissions = submissions
        var spans: [any OperationSpan] = []
        if let tracer { for index in submissions.indices { spans.append(tracer.submission(&submissions[index])) } }
        let answers = await store.submit(submissions)
        // Those of one type mostly follow each other.
        var accepted: (type: Name, count: Int)?
        for index in answers.indices {
            switch answers[index] {
            case .success(.accepted):
                let type = submissions[index].definition.type
                if let accepted, accepted.type != type { noteAccepted(accepted.count, of: accepted.type) }
                accepted = (type, accepted?.type == type ? (accepted?.count ?? 0) + 1 : 1)
                if !spans.isEmpty { spans[index].end() }
            case .success(.exists), .success(.conflict): if !spans.isEmpty { spans[index].end() }
            case .failure(let error):
                _ = noted(error)
                if !spans.isEmpty { spans[index].fail("\(error.code)") }
            }
        }
        if let accepted { noteAccepted(accepted.count, of: accepted.type) }
        return answers
    }

    /// See `OperationStore`.
    public func begin(_ messages: [DeliveredMessage], with begin: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        var answers = try await watched { () throws(StoreError) in try await store.begin(messages, with: begin) }
        if let tracer { answers = answers.map { traced($0, by: tracer) } }
        let begun = answers.compactMap { answer in
            switch answer {
            case .begun(let lease, let operation): Begun(lease, operation)
            case .held, .stale: nil
            }
        }
        guard let first = begun.first else { return answers }
        offset.store(first.time.count - now().count, ordering: .relaxed)
        for step in begun {
            meters.count(.attempts, [step.type, step.step, step.queue])
            if let wait = step.wait { meters.time(.queueWait, [step.queue], wait.duration) }
        }
        counts?.note { counts in
            counts.count(.attempts, begun.count)
            for step in begun { if let wait = step.wait { counts.waits[OperationCounts.bucket(of: wait)] += 1 } }
        }
        return answers
    }

    /// See `OperationStore`.
    public func commit(_ lease: Lease, of operation: Operation, _ transition: Transition) async throws(StoreError) -> CommitAnswer {
        let answer = try await watched { () throws(StoreError) in try await store.commit(lease, of: operation, transition) }
        switch answer {
        case .applied:
            note(transition, of: operation, after: lease.message.work)
            if tracer != nil { spans.end(lease)?.end(lease.message.work, transition) }
        case .changed: meters.count(.commitsRefused, ["changed"])
        case .lost:
            meters.count(.commitsRefused, ["lost"])
            if tracer != nil { spans.end(lease)?.fail("lease lost") }
        }
        return answer
    }

    /// See `OperationStore`.
    public func amend(_ operation: Operation, with transition: Transition) async throws(StoreError) -> CommitAnswer {
        let answer = try await watched { () throws(StoreError) in try await store.amend(operation, with: transition) }
        if case .applied = answer { note(transition, of: operation, after: nil) }
        return answer
    }

    /// See `OperationStore`.
    public func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer] {
        let answers = try await watched { () throws(StoreError) in try await store.renew(leases, by: duration) }
        meters.count(.leasesLost, by: answers.count { $0 == .lost })
        if tracer != nil {
            for (lease, answer) in zip(leases, answers) where answer == .lost { spans.end(lease)?.fail("lease lost") }
        }
        return answers
    }

    /// See `OperationStore`.
    public func putBack(
        _ messages: [DeliveredMessage],
        after delay: Milliseconds,
        because problem: Problem
    ) async throws(StoreError) {
        try await watched { () throws(StoreError) in try await store.putBack(messages, after: delay, because: problem) }
        for (queue, messages) in Dictionary(grouping: messages, by: \.message.queue) {
            meters.count(.putBack, [queue.text], by: messages.count)
        }
    }

    /// See `OperationStore`.
    public func reclaim(
        _ queue: Name,
        consumer: String,
        idle: Milliseconds,
        cursor: ReclaimCursor
    ) async throws(StoreError) -> ReclaimPage {
        let page = try await watched { () throws(StoreError) in
            try await store.reclaim(queue, consumer: consumer, idle: idle, cursor: cursor)
        }
        meters.count(.reclaimed, [queue.text], by: page.messages.count)
        return page
    }

    /// An attempt that was begun.
    private struct Begun {
        let type: String
        let step: String
        let queue: String
        let time: Milliseconds
        /// How long its message waited; nil without a message.
        let wait: Milliseconds?

        init(_ lease: Lease, _ operation: Operation) {
            type = operation.type.text
            step = lease.message.work.label
            queue = lease.message.queue.text
            time = operation.record(lease.message.work)?.startedAt ?? 0
            // A stream entry's ID begins with the time of its publication.
            let published = lease.entry?.split(separator: "-").first.flatMap { Int64($0) }
            wait = published.map { [time] in Milliseconds(max(0, time.count - $0)) }
        }
    }

    private func traced(_ answer: BeginAnswer, by tracer: any OperationTracer) -> BeginAnswer {
        guard case .begun(let lease, var operation) = answer else { return answer }
        spans.begin(lease, tracer.attempt(lease, &operation))
        return .begun(lease, operation)
    }

    private func note(_ transition: Transition, of operation: Operation, after work: Work?) {
        let type = operation.type.text
        let time = now().count + offset.load(ordering: .relaxed)
        if let work {
            let outcome = transition.changes.first { $0.work == work }?.status.rawValue.lowercased() ?? "none"
            meters.count(.attemptEnds, [type, work.label, outcome])
            if let begun = operation.record(work)?.startedAt {
                meters.time(.attemptDuration, [type, work.label], .milliseconds(max(0, time - begun.count)))
            }
        }
        let duration = Milliseconds(max(0, time - operation.createdAt.count))
        let status = transition.ends ? transition.status : nil
        if let status {
            meters.count(.operationsEnded, [type, status.rawValue])
            meters.time(.operationDuration, [type], duration.duration)
        }
        let undone = transition.changes.count { $0.work.action == .undo && $0.status == .succeeded }
        let retries = transition.changes.count { $0.status == .retrying }
        guard status != nil || undone + retries > 0 || transition.needsAttention == true else { return }
        counts?.note { counts in
            counts.count(.undone, undone)
            counts.count(.retries, retries)
            if transition.needsAttention == true { counts.count(.attention) }
            guard let status else { return }
            counts.durations[OperationCounts.bucket(of: duration)] += 1
            switch status {
            case .succeeded: counts.count(.succeeded)
            case .failed: counts.count(.failed)
            case .canceled: counts.count(.canceled)
            case .notStarted, .running: break
            }
        }
    }

    private func watched<Answer>(_ call: () async throws(StoreError) -> Answer) async throws(StoreError) -> Answer {
        do {
            return try await call()
        } catch {
            throw noted(error)
        }
    }

    private func noted(_ error: StoreError) -> StoreError {
        meters.count(.storeErrors, [error.code.description])
        return error
    }
}

// MARK: What is handed through

extension ObservedStore {
    /// See `OperationStore`.
    public func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer { try await store.reserve(reservation) }
    /// See `OperationStore`.
    public func keep(_ answer: String, to reservation: Reservation) async throws(StoreError) {
        try await store.keep(answer, to: reservation)
    }
    /// See `OperationStore`.
    public func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError) {
        try await store.release(reservation, isNew: isNew)
    }
    /// See `OperationStore`.
    public func durability() async throws(StoreError) -> Durability { try await store.durability() }
    /// See `OperationStore`.
    public func read(_ id: OperationID, withEvents: Bool) async throws(StoreError) -> Operation? {
        try await store.read(id, withEvents: withEvents)
    }
    /// See `OperationStore`.
    public func read(_ ids: [OperationID]) async throws(StoreError) -> [Operation?] { try await store.read(ids) }
    /// See `OperationStore`.
    public func resource(_ key: String, of tenant: Name) async throws(StoreError) -> ResourceState {
        try await store.resource(key, of: tenant)
    }
    /// See `OperationStore`.
    public func list(_ query: ListQuery) async throws(StoreError) -> ListPage { try await store.list(query) }
    /// See `OperationStore`.
    public func forget(_ id: OperationID) async throws(StoreError) -> ForgetAnswer { try await store.forget(id) }
    /// See `OperationStore`.
    public func changes(of id: OperationID) -> ChangeNotices { store.changes(of: id) }
    /// See `OperationStore`.
    public func definition(_ version: DefinitionVersion) async throws(StoreError) -> Definition? { try await store.definition(version) }
    /// See `OperationStore`.
    public func messageSource(queues: [Name], consumer: String) -> any MessageSource {
        store.messageSource(queues: queues, consumer: consumer)
    }
    /// See `OperationStore`.
    public func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer { try await store.promoteDueTimers(limit: limit) }
    /// See `OperationStore`.
    public func workerNotices() -> WorkerNotices { store.workerNotices() }
    /// See `OperationStore`.
    public func tidy(limit: Int) async throws(StoreError) -> TidyAnswer { try await store.tidy(limit: limit) }
    /// See `OperationStore`.
    public func takeTurn(at duty: Name, as consumer: String, for duration: Milliseconds) async throws(StoreError) -> Bool {
        try await store.takeTurn(at: duty, as: consumer, for: duration)
    }
    /// See `OperationStore`.
    public func reconcile(from cursor: ReconcileCursor, limit: Int, grace: Milliseconds?) async throws(StoreError) -> ReconcileAnswer {
        try await store.reconcile(from: cursor, limit: limit, grace: grace)
    }
    /// See `OperationStore`.
    public func contents(of queue: Name, limit: Int) async throws(StoreError) -> QueueContents {
        try await store.contents(of: queue, limit: limit)
    }
    /// See `OperationStore`.
    public func pause(_ queue: Name, _ isPaused: Bool) async throws(StoreError) -> Bool { try await store.pause(queue, isPaused) }
    /// See `OperationStore`.
    public func timers(
        of id: OperationID,
        _ definition: DefinitionVersion,
        _ messages: [Message]
    ) async throws(StoreError) -> OperationTimers { try await store.timers(of: id, definition, messages) }
    /// See `OperationStore`.
    public func pausedQueues() async throws(StoreError) -> Set<Name> { try await store.pausedQueues() }
    /// See `OperationStore`.
    public func health() async -> StoreHealth { await store.health() }
}

extension Work {
    /// What its metrics are labelled with: the step's name, with `undo:` in front of an undo.
    fileprivate var label: String {
        switch action {
        case .run: step.text
        case .undo: "undo:" + step.text
        }
    }
}
