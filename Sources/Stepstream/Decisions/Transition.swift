/// What the store is to change in one go. A value: the core makes it, Lua applies it if epoch and version still hold, and decides nothing.
public struct Transition: Sendable, Hashable {
    /// The operation's new status, if it changes.
    public var status: Status?
    /// The operation's new phase, if it changes.
    public var phase: Phase?
    /// What changes in the records of steps and undos.
    public var changes: [StepChange] = []
    /// What is appended to the history, in order.
    public var events: [EventDraft] = []
    /// What goes into queues now.
    public var messages: [Message] = []
    /// What goes into queues later.
    public var timers: [Timer] = []
    /// Timers that have lost their purpose; removed before `timers` are set.
    public var obsoleteTimers: [Message] = []
    /// When the operation's total time is over; set once, by the submission.
    public var deadline: Deadline?
    /// Whether that time does not matter any more: the operation ends, goes back, or can only go forward.
    public var dropsDeadline = false
    /// The operation's result.
    public var result: JSONText?
    /// The operation's problem; JSON as served.
    public var error: JSONText?
    /// Whether the running attempt is to be told that the operation is to be canceled.
    public var requestsCancel = false
    /// Whether that is because the operation's total time is over.
    public var passesDeadline = false
    /// Whether a request to cancel has lost its meaning, because the operation can only go forward now.
    public var dropsCancel = false
    /// Whether the operation ends: it leaves the live index and gets a time to live.
    public var ends = false
    /// Put on (true) or taken off (false) the list of operations that need a person.
    public var needsAttention: Bool?

    /// A transition that changes nothing yet.
    public init() {}
}

/// What a transition changes in the record of one step or undo.
public struct StepChange: Sendable, Hashable {
    /// Which record.
    public var work: Work
    /// Its new status.
    public var status: StepStatus
    /// The handler's answer.
    public var result: JSONText?
    /// The problem of the attempt; `.some(nil)` removes an old one.
    public var error: JSONText??
    /// Whether the attempt's effect is unknown.
    public var becomesUncertain = false
    /// Whether it is known now that no attempt has had an effect.
    public var becomesCertain = false
    /// Whether the attempt is over: the lease goes and the end is stamped.
    public var endsAttempt = false
    /// Whether the attempt that was begun does not count.
    public var returnsAttempt = false
    /// Whether attempts and crashes are counted anew: an operator had it tried again.
    public var renewsBudget = false

    /// A change to `status`.
    public init(_ work: Work, to status: StepStatus, endsAttempt: Bool = false) {
        self.work = work
        self.status = status
        self.endsAttempt = endsAttempt
    }
}

/// The end of the time that an operation has in all.
public struct Deadline: Sendable, Hashable {
    /// How long it has.
    public var after: Milliseconds
    /// From when on that counts, in Unix time, unless it is past when the transition is applied: then from that moment on.
    public var from: Milliseconds

    /// A deadline.
    public init(after: Milliseconds, from: Milliseconds = 0) {
        self.after = after
        self.from = from
    }
}

/// A message that is to be published later.
public struct Timer: Sendable, Hashable {
    /// When a timer is due, by Redis's clock.
    public enum Due: Sendable, Hashable {
        /// So long after the transition is applied.
        case after(Milliseconds)
        /// At a point in Unix time.
        case at(Milliseconds)
    }

    /// What to publish.
    public var message: Message
    /// When.
    public var due: Due

    /// A timer for `message`.
    public init(_ message: Message, due: Due) {
        self.message = message
        self.due = due
    }
}
