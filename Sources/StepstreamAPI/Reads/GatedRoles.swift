import Stepstream

extension StoreRoles {
    /// The roles that requests use, with their calls let through by `gate`.
    func gated(by gate: StoreGate) -> StoreRoles {
        var roles = self
        roles.submissions = GatedSubmissions(store: submissions, gate: gate)
        roles.keys = GatedKeys(store: keys, gate: gate)
        roles.operations = GatedOperations(store: operations, gate: gate)
        roles.editor = GatedEditor(store: editor, gate: gate)
        roles.deleter = GatedDeleter(store: deleter, gate: gate)
        roles.queues = GatedQueues(store: queues, gate: gate)
        return roles
    }
}

private struct GatedSubmissions: SubmissionStore {
    let store: any SubmissionStore
    let gate: StoreGate

    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        // Mostly without a task that can be given up: the store ends the wait itself.
        let answer = try await gate.pass { () throws(StoreError) in try await store.submitAtOnce(submission) }
        if let answer { return answer }
        return try await gate.pass(SubmitCall(store: store, submission: submission))
    }

    func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>] {
        do throws(StoreError) {
            return try await gate.pass(isBrief: true) { [store] () throws(StoreError) in
                let answers = await store.submit(submissions)
                // Whether the store is there is seen by what is thrown.
                if case .failure(let error)? = answers.first, !answers.contains(where: \.isSuccess) { throw error }
                return answers
            }
        } catch {
            return submissions.map { _ in .failure(error) }
        }
    }

    func durability() async throws(StoreError) -> Durability {
        try await gate.pass { [store] () throws(StoreError) in try await store.durability() }
    }
}

private struct GatedKeys: IdempotencyStore {
    let store: any IdempotencyStore
    let gate: StoreGate

    func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer {
        try await gate.pass(isBrief: true) { [store] () throws(StoreError) in try await store.reserve(reservation) }
    }

    func keep(_ answer: String, to reservation: Reservation) async throws(StoreError) {
        try await gate.pass { [store] () throws(StoreError) in try await store.keep(answer, to: reservation) }
    }

    func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError) {
        try await gate.pass { [store] () throws(StoreError) in try await store.release(reservation, isNew: isNew) }
    }
}

private struct GatedOperations: OperationReader {
    let store: any OperationReader
    let gate: StoreGate

    func read(_ id: OperationID, withEvents: Bool) async throws(StoreError) -> Operation? {
        try await gate.pass(ReadCall(store: store, id: id, withEvents: withEvents))
    }

    func read(_ ids: [OperationID]) async throws(StoreError) -> [Operation?] {
        try await gate.pass { [store] () throws(StoreError) in try await store.read(ids) }
    }

    func list(_ query: ListQuery) async throws(StoreError) -> ListPage {
        try await gate.pass { [store] () throws(StoreError) in try await store.list(query) }
    }

    func resource(_ key: String, of tenant: Name) async throws(StoreError) -> ResourceState {
        try await gate.pass { [store] () throws(StoreError) in try await store.resource(key, of: tenant) }
    }

    func timers(of id: OperationID, definition: DefinitionVersion, for messages: [Message]) async throws(StoreError) -> OperationTimers {
        try await gate.pass { [store] () throws(StoreError) in try await store.timers(of: id, definition: definition, for: messages) }
    }

    func definition(_ version: DefinitionVersion) async throws(StoreError) -> Definition? {
        try await gate.pass { [store] () throws(StoreError) in try await store.definition(version) }
    }
}

private struct GatedEditor: OperationEditor {
    let store: any OperationEditor
    let gate: StoreGate

    func apply(_ transition: Transition, to operation: Operation) async throws(StoreError) -> CommitAnswer {
        try await gate.pass { [store] () throws(StoreError) in try await store.apply(transition, to: operation) }
    }
}

private struct GatedDeleter: OperationDeleter {
    let store: any OperationDeleter
    let gate: StoreGate

    func delete(_ id: OperationID) async throws(StoreError) -> DeleteAnswer {
        try await gate.pass { [store] () throws(StoreError) in try await store.delete(id) }
    }
}

private struct GatedQueues: QueueStore {
    let store: any QueueStore
    let gate: StoreGate

    func contents(of queue: Name, limit: Int) async throws(StoreError) -> QueueContents {
        try await gate.pass { [store] () throws(StoreError) in try await store.contents(of: queue, limit: limit) }
    }

    func pause(_ queue: Name) async throws(StoreError) -> Bool {
        try await gate.pass { [store] () throws(StoreError) in try await store.pause(queue) }
    }

    func resume(_ queue: Name) async throws(StoreError) -> Bool {
        try await gate.pass { [store] () throws(StoreError) in try await store.resume(queue) }
    }

    func pausedQueues() async throws(StoreError) -> Set<Name> {
        try await gate.pass { [store] () throws(StoreError) in try await store.pausedQueues() }
    }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
