package import StepstreamJSON

/// What the store is to change in one go. A value: the core makes it, Lua applies it if epoch and version still hold, and decides nothing.
package struct Transition: Sendable, Hashable {
    /// The operation's new status, if it changes.
    package var status: Status?
    /// The operation's new phase, if it changes.
    package var phase: Phase?
    /// What changes in the records of steps and undos.
    package var changes: [StepChange] = []
    /// What is appended to the history, in order.
    package var events: [EventDraft] = []
    /// What goes into queues now.
    package var messages: [Message] = []
    /// What goes into queues later.
    package var timers: [Timer] = []
    /// Timers that have lost their purpose; removed before `timers` are set.
    package var obsoleteTimers: [Message] = []
    /// The deadline of the operation; set once, by the submission.
    package var deadline: Deadline?
    /// Whether that time does not matter any more: the operation ends, goes back, or can only go forward.
    package var dropsDeadline = false
    /// The operation's result.
    package var result: JSONText?
    /// The operation's problem; JSON as served.
    package var error: JSONText?
    /// Whether the running attempt is to be notified of the cancellation.
    package var requestsCancel = false
    /// Whether that is because the operation has passed its deadline.
    package var passesDeadline = false
    /// Whether a request to cancel has lost its meaning, because the operation can only go forward now.
    package var dropsCancel = false
    /// Whether the operation ends: it leaves the live index and gets a time to live.
    package var ends = false
    /// Put on (true) or taken off (false) the list of operations that need a person.
    package var needsAttention: Bool?

    /// A transition that changes nothing yet.
    package init() {}
}

/// What a transition changes in the record of one step or undo.
package struct StepChange: Sendable, Hashable {
    /// Which record.
    package var work: Work
    /// Its new status.
    package var status: StepStatus
    /// The handler's answer.
    package var result: JSONText?
    /// The problem of the attempt; `.some(nil)` removes an old one.
    package var error: JSONText??
    /// Whether the attempt's effect is unknown.
    package var becomesUncertain = false
    /// Whether it is known now that no attempt has had an effect.
    package var becomesCertain = false
    /// Whether the attempt is over: the lease goes and the end is stamped.
    package var endsAttempt = false
    /// Whether the attempt that was begun does not count.
    package var returnsAttempt = false
    /// Whether attempts and crashes are counted anew: an operator had it tried again.
    package var renewsBudget = false

    /// A change to `status`.
    package init(_ work: Work, to status: StepStatus, endsAttempt: Bool = false) {
        self.work = work
        self.status = status
        self.endsAttempt = endsAttempt
    }
}

/// The end of the time that an operation has in all.
package struct Deadline: Sendable, Hashable {
    /// How long it has.
    package var after: Milliseconds
    /// From when on that counts, in Unix time, unless it is past when the transition is applied: then from that moment on.
    package var from: Milliseconds

    /// A deadline.
    package init(after: Milliseconds, from: Milliseconds = 0) {
        self.after = after
        self.from = from
    }
}

/// A message that is to be published later.
package struct Timer: Sendable, Hashable {
    /// When a timer is due, by Redis's clock.
    package enum Due: Sendable, Hashable {
        /// So long after the transition is applied.
        case after(Milliseconds)
        /// At a point in Unix time.
        case at(Milliseconds)
    }

    /// What to publish.
    package var message: Message
    /// When.
    package var due: Due

    /// A timer for `message`.
    package init(_ message: Message, due: Due) {
        self.message = message
        self.due = due
    }
}
