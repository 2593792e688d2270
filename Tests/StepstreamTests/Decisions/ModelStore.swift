import Stepstream

/// One operation with its messages and timers, as the store keeps them; in memory, and the rules of the scripts in words of Swift.
///
/// An entry stays until a commit or a stale delivery removes it, as in a stream with its pending list.
struct ModelStore {
    struct Entry: Hashable {
        let number: Int
        let message: Message
    }

    let decisions: Decisions
    let pivotIndex: Int?
    var operation: Operation
    /// The state before the last change: what somebody may have read who decides now.
    var before: Operation
    var entries: [Entry] = []
    var timers: [Message] = []
    var attempts: [ModelAttempt] = []
    /// Whether the timer of the operation's total time stands.
    var hasDeadline = false
    /// Whether the operation is on the list of those that need a person.
    var needsAttention = false
    /// The undos in the order in which they were begun for the first time.
    var undosBegun: [Name] = []
    var stepsBegun: Set<Name> = []
    /// The steps whose effect is there, whatever the store knows of it.
    var effects: Set<Name> = []
    /// The steps that an operator had run again.
    var runAgain: Set<Name> = []
    /// How often the handler of a step was run to its end, since the budget was last renewed.
    var runs: [Work: Int] = [:]
    /// What has changed since the rules were last checked.
    var touched: [Work] = []
    /// The records that are to be worked on; kept, as looking for them in every state would take most of the time.
    var active: Set<Work> = []
    var held: Work?
    /// Whether anything has changed since then.
    var hasChanged = true
    /// An operator who does not wait for a timer may bring a second message about.
    var hastened = 0
    var endings = 0
    private var lastEpoch: Int64 = 0
    private var lastEntry = 0

    init(_ decisions: Decisions, _ submission: Transition) throws(BrokenRule) {
        self.decisions = decisions
        pivotIndex = decisions.definition.steps.firstIndex { $0.undo == .pivot }
        operation = Operation(id: Self.id, type: decisions.definition.type, definition: decisions.version, version: 0, input: .null)
        before = operation
        try apply(submission)
        before = operation
    }

    // swift-format-ignore: NeverForceUnwrap
    static let id = OperationID("op")!

    mutating func apply(_ transition: Transition) throws(BrokenRule) {
        guard !operation.status.isEnded else { throw BrokenRule("a transition was applied to an ended operation") }
        let next = operation.applying(transition)
        if operation.status == .running, next.status == .notStarted { throw BrokenRule("an operation that runs went back to NotStarted") }
        before = operation
        operation = next
        hasChanged = true
        for change in transition.changes { touched.append(change.work) }
        for message in transition.messages { publish(message) }
        timers.removeAll { transition.obsoleteTimers.contains($0) }
        for timer in transition.timers where !timers.contains(timer.message) { timers.append(timer.message) }
        hasDeadline = (hasDeadline && !transition.dropsDeadline) || transition.deadline != nil
        needsAttention = transition.needsAttention ?? needsAttention
        if transition.ends { self.endings += 1 }
        if transition.ends != next.status.isEnded { throw BrokenRule("`ends` and the status disagree") }
        let endings = transition.events.count { $0.kind == .succeeded || $0.kind == .failed || $0.kind == .canceled }
        if endings != (transition.ends ? 1 : 0) {
            throw BrokenRule("not exactly one event for the end")
        }
    }

    mutating func publish(_ message: Message) {
        hasChanged = true
        lastEntry += 1
        entries.append(Entry(number: lastEntry, message: message))
    }

    mutating func fire(_ timer: Message) {
        timers.removeAll { $0 == timer }
        publish(timer)
    }

    /// begin.lua. Returns whether the work was begun.
    @discardableResult
    mutating func begin(_ message: Message, entry: Entry?) -> Bool {
        let work = message.work
        let record = operation.record(work)
        let crashed = record?.status == .running
        guard !operation.status.isEnded, crashed || mayBegin(record?.status, message, entry) else {
            hasChanged = true
            entries.removeAll { $0 == entry }
            return false
        }
        if crashed, attempts.contains(where: { $0.epoch == record?.epoch && $0.isAlive }) { return false }
        var begun = record ?? StepRecord(.running)
        if crashed {
            begun.crashes += 1
            begun.isUncertain = true
        } else {
            begun.attempts += 1
        }
        hasChanged = true
        touched.append(work)
        lastEpoch += 1
        begun.status = .running
        begun.epoch = Epoch(lastEpoch)
        before = operation
        note(work, begun)
        operation.version += 1
        operation.status = .running
        operation.phase = work.direction == .undo ? .undoing : .executing
        attempts.append(ModelAttempt(work: work, epoch: Epoch(lastEpoch), entry: entry, state: operation))
        return true
    }

    private mutating func note(_ work: Work, _ begun: StepRecord) {
        switch work.direction {
        case .forward:
            operation.steps[work.step] = begun
            stepsBegun.insert(work.step)
            if decisions.definition.step(work.step)?.undo.compensation != nil { operation.undos[work.step] = StepRecord(.waiting) }
        case .undo:
            operation.undos[work.step] = begun
            if !undosBegun.contains(work.step) { undosBegun.append(work.step) }
        }
    }

    private func mayBegin(_ status: StepStatus?, _ message: Message, _ entry: Entry?) -> Bool {
        switch status {
        case .queued?: entry != nil
        case .waiting?: message.work.direction == .forward && (entry == nil || !timers.contains(message))
        case .retrying?: entry != nil && !timers.contains(message)
        case .running?, .held?, .succeeded?, .failed?, .canceled?, .skipped?, nil: false
        }
    }

    /// apply.lua: what was decided upon `seen` is applied if nothing has happened since. Returns false when it is to be decided again.
    mutating func apply(_ seen: Operation, _ transition: Transition) throws(BrokenRule) -> Bool {
        guard seen.version == operation.version, seen.cancelRequested || !operation.cancelRequested else { return false }
        try apply(transition)
        return true
    }
}

/// What must never be.
struct BrokenRule: Error {
    let words: String
    init(_ words: String) { self.words = words }
}

extension Problem {
    static let made = Problem(type: "/problems/made-up", title: "Made up")
}
