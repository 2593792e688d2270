import Logging
import Stepstream
import Synchronization

/// The store as requests use it: while it is known to be away they are refused at once instead of waiting for it one by one.
final class RequestStore: Sendable {
    private let store: any OperationStore
    private let clock: any MonotonicClock
    private let logger: Logger
    private let wakeup = Wakeup()
    private let pending = PendingCalls()
    /// With one look more that is less than the second within which a request is to be told.
    private let availability = Mutex(Availability(patience: .milliseconds(700)))

    /// How often it is looked whether calls are answered, and whether a store that was away is back.
    private static let interval = Duration.milliseconds(250)

    init(_ store: any OperationStore, clock: any MonotonicClock = .system, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// Whether requests are refused without trying.
    var isAway: Bool { availability.withLock { $0.isAway } }

    /// Looks whether the store answers, while calls are on their way or it is away, until the task is canceled. Rests otherwise.
    func watch() async {
        while !Task.isCancelled {
            switch availability.withLock({ $0.look(at: clock.now) }) {
            case .rest:
                await wakeup.wait(until: nil, on: clock)
                continue
            case .lookAgain: break
            case .probe: await probe()
            }
            // Canceled only when the server ends: the loop's condition sees it.
            do { try await clock.sleep(until: clock.now + Self.interval) } catch { return }
        }
    }

    private func probe() async {
        logger.warning("The store does not answer; requests are refused until it does")
        pending.giveUp()
        while !Task.isCancelled {
            do throws(StoreError) {
                _ = try await store.read(Submitter.freshID(), withEvents: false)
                availability.withLock { $0.probed(.answered, at: clock.now) }
            } catch {
                availability.withLock { $0.probed(Self.ending(of: error), at: clock.now) }
            }
            guard availability.withLock({ $0.isAway }) else {
                return logger.notice("The store answers again")
            }
            do { try await clock.sleep(until: clock.now + Self.interval) } catch { return }
        }
    }

    private static func ending(of error: StoreError) -> Availability.Ending {
        switch error.code {
        case .unavailable: .unreachable
        // The connection broke, or nobody waited: neither says whether the next call is answered.
        case .indeterminate, .cancelled: .other
        default: .answered
        }
    }

    private func attempt<Answer: Sendable>(
        isBrief: Bool = false,
        _ call: @escaping @Sendable () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await attempt(StoreClosure(isBrief: isBrief, call: call))
    }

    /// Makes `call` unless the store is away.
    private func attempt<Call: StoreCall>(_ call: Call) async throws(StoreError) -> Call.Answer {
        let (isAdmitted, wakes) = availability.withLock { $0.begin(at: clock.now) }
        guard isAdmitted else { throw StoreError(.unavailable, "The store did not answer others; this call was not tried.") }
        if wakes { wakeup.raise() }
        let waiting = PendingOutcome<Call.Answer>()
        let place = pending.add(waiting)
        // Waited for here; when given up, by nobody. Begun on this very thread.
        Task.immediate(executorPreference: call.isBrief ? store.executor : nil) { [store] in
            do throws(StoreError) {
                waiting.give(.success(try await call.make(over: store)))
            } catch {
                waiting.give(.failure(error))
            }
        }
        let outcome = await waiting.outcome()
        pending.remove(at: place)
        switch outcome {
        case .success(let answer):
            availability.withLock { $0.end(.answered, at: clock.now) }
            return answer
        case .failure(let error):
            availability.withLock { $0.end(Self.ending(of: error), at: clock.now) }
            throw error
        }
    }
}

// The calls that requests make, as `OperationStore` has them.
extension RequestStore {
    func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer {
        try await attempt(isBrief: true) { [store] () throws(StoreError) in try await store.reserve(reservation) }
    }

    func keep(_ answer: String, to reservation: Reservation) async throws(StoreError) {
        try await attempt { [store] () throws(StoreError) in try await store.keep(answer, to: reservation) }
    }

    func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError) {
        try await attempt { [store] () throws(StoreError) in try await store.release(reservation, isNew: isNew) }
    }

    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        try await attempt(SubmitOne(submission: submission))
    }

    /// Many in one call. Throws where none of them was answered.
    func submit(_ submissions: [Submission]) async throws(StoreError) -> [Result<SubmitAnswer, StoreError>] {
        try await attempt(isBrief: true) { [store] () throws(StoreError) in
            let answers = await store.submit(submissions)
            // Whether the store is there is seen by what is thrown.
            if case .failure(let error)? = answers.first, !answers.contains(where: \.isSuccess) { throw error }
            return answers
        }
    }

    func durability() async throws(StoreError) -> Durability {
        try await attempt { [store] () throws(StoreError) in try await store.durability() }
    }

    func read(_ id: OperationID) async throws(StoreError) -> Operation? {
        try await attempt(ReadOne(id: id))
    }

    func readHistory(_ id: OperationID) async throws(StoreError) -> Operation? {
        try await attempt { [store] () throws(StoreError) in try await store.read(id, withEvents: true) }
    }

    func resource(_ key: String, of tenant: Name) async throws(StoreError) -> ResourceState {
        try await attempt { [store] () throws(StoreError) in try await store.resource(key, of: tenant) }
    }

    func list(_ query: ListQuery) async throws(StoreError) -> ListPage {
        try await attempt { [store] () throws(StoreError) in try await store.list(query) }
    }

    func amend(_ operation: Operation, with transition: Transition) async throws(StoreError) -> CommitAnswer {
        try await attempt { [store] () throws(StoreError) in try await store.amend(operation, with: transition) }
    }

    func contents(of queue: Name, limit: Int) async throws(StoreError) -> QueueContents {
        try await attempt { [store] () throws(StoreError) in try await store.contents(of: queue, limit: limit) }
    }

    func timers(of operation: Operation, _ messages: [Message]) async throws(StoreError) -> OperationTimers {
        try await attempt { [store] () throws(StoreError) in
            try await store.timers(of: operation.id, operation.definition, messages)
        }
    }

    func pausedQueues() async throws(StoreError) -> Set<Name> {
        try await attempt { [store] () throws(StoreError) in try await store.pausedQueues() }
    }

    func pause(_ queue: Name, _ isPaused: Bool) async throws(StoreError) -> Bool {
        try await attempt { [store] () throws(StoreError) in try await store.pause(queue, isPaused) }
    }

    func forget(_ id: OperationID) async throws(StoreError) -> ForgetAnswer {
        try await attempt { [store] () throws(StoreError) in try await store.forget(id) }
    }

    func changes(of id: OperationID) -> ChangeNotices {
        store.changes(of: id)
    }

    /// The operation called `text`, if `caller` may know of it.
    ///
    /// - Throws: the same 404 for IDs that cannot be, operations that are not, and operations of others.
    func operation(_ text: String?, of caller: Caller) async throws -> Operation {
        guard let id = text.flatMap(OperationID.init), let operation = try await read(id), caller.owns(operation) else {
            throw RequestProblem.unknownOperation
        }
        return operation
    }
}

/// A call of the store. The frequent ones are types, as a closure in a closure costs each call some thousand instructions.
private protocol StoreCall: Sendable {
    associatedtype Answer: Sendable
    /// Whether it reads so little that it may go on where the store's connection is.
    var isBrief: Bool { get }
    func make(over store: any OperationStore) async throws(StoreError) -> Answer
}

private struct StoreClosure<Answer: Sendable>: StoreCall {
    let isBrief: Bool
    let call: @Sendable () async throws(StoreError) -> Answer

    func make(over store: any OperationStore) async throws(StoreError) -> Answer { try await call() }
}

private struct SubmitOne: StoreCall {
    let submission: Submission
    var isBrief: Bool { true }

    func make(over store: any OperationStore) async throws(StoreError) -> SubmitAnswer { try await store.submit(submission) }
}

private struct ReadOne: StoreCall {
    let id: OperationID
    var isBrief: Bool { true }

    func make(over store: any OperationStore) async throws(StoreError) -> Operation? { try await store.read(id, withEvents: false) }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
