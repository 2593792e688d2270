import Synchronization

@testable import Stepstream

#if LABORATORY
/// Roles of a store and a handler that write down their calls, under decorators whose failpoints write down that they are reached.
final class FaultStand: Sendable {
    struct Answers: Sendable {
        var begin: [BeginAnswer] = []
        var commit: Result<CommitAnswer, StoreError> = .success(.lost)
        var apply = CommitAnswer.lost
        var page = ReclaimPage(messages: [], cursor: .start, deleted: 0)
        var promoted = PromoteAnswer(promoted: 0, next: nil)
        var messages: [DeliveredMessage] = []
        var notices: [WorkerNotice] = []
    }

    private let planted: Set<Mutant>
    private let record = Mutex([String]())
    private let answer = Mutex(Answers())
    private let written = Mutex([Transition]())

    init(planted: Set<Mutant> = []) {
        self.planted = planted
    }

    var faults: FaultPlan {
        FaultPlan { point in
            self.note(point.rawValue)
        } isPlanted: { mutant in
            self.planted.contains(mutant)
        }
    }

    var answers: Answers {
        get { answer.withLock { $0 } }
        set { answer.withLock { $0 = newValue } }
    }

    /// What was committed.
    var transitions: [Transition] { written.withLock { $0 } }

    /// What happened since the last look.
    var seen: [String] {
        record.withLock { record in
            defer { record = [] }
            return record
        }
    }

    func note(_ word: String) { record.withLock { $0.append(word) } }

    fileprivate func write(_ transition: Transition) { written.withLock { $0.append(transition) } }
}

/// What a decorator is put around.
struct StandStore: Sendable {
    let stand: FaultStand
}

extension StandStore: SubmissionStore, IdempotencyStore, OperationEditor {
    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer {
        stand.note("submit")
        return .conflict
    }

    func durability() async throws(StoreError) -> Durability {
        stand.note("durability")
        return Durability()
    }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer {
        stand.note("reserve")
        return .reserved
    }

    func keep(_ answer: String, to reservation: Reservation) async throws(StoreError) { stand.note("keep") }

    func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError) { stand.note("release") }

    func apply(_ transition: Transition, to operation: Operation) async throws(StoreError) -> CommitAnswer {
        stand.note("apply")
        return stand.answers.apply
    }
}

extension StandStore: WorkStore, TimerStore {
    func begin(_ messages: [DeliveredMessage], with begin: BeginOptions) async throws(StoreError) -> [BeginAnswer] {
        stand.note("begin")
        return stand.answers.begin
    }

    func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer] {
        stand.note("renew")
        return []
    }

    func commit(_ lease: Lease, of operation: Operation, applying transition: Transition) async throws(StoreError) -> CommitAnswer {
        stand.note("commit")
        stand.write(transition)
        return try stand.answers.commit.get()
    }

    func snooze(_ messages: [DeliveredMessage], after delay: Milliseconds, because problem: Problem) async throws(StoreError) {
        stand.note("snooze")
    }

    func reclaim(_ queue: Name, consumer: String, idle: Milliseconds, cursor: ReclaimCursor) async throws(StoreError) -> ReclaimPage {
        stand.note("reclaim")
        return stand.answers.page
    }

    func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer {
        stand.note("promote")
        return stand.answers.promoted
    }
}

extension StandStore: MessageFeed, MessageReader, ReadingControl, StepHandler {
    func messageSource(queues: [Name], consumer: String) -> MessageSource { MessageSource(self) }

    func workerNotices() -> WorkerNotices {
        let (notices, sender) = WorkerNotices.makeStream()
        for notice in stand.answers.notices { sender.yield(notice) }
        sender.finish()
        return notices
    }

    func next(limit: Int) async throws(StoreError) -> [DeliveredMessage] {
        stand.note("next")
        return stand.answers.messages
    }

    func rest() -> [DeliveredMessage] {
        stand.note("rest")
        return []
    }

    func pause(_ queues: Set<Name>) async {}
    func reconnect() async {}
    func close() async {}

    func run(_ context: StepContext) async throws -> Outcome {
        stand.note("run")
        return .released
    }
}
#endif
