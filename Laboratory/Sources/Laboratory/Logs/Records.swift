/// A line about a submission.
public struct SubmissionRecord: Sendable, Hashable {
    /// What is known of it.
    public enum Fate: String, Sendable {
        /// It is about to be sent.
        case request
        /// The program said that it is accepted.
        case accepted
        /// The program said that it is not accepted.
        case refused
        /// Nobody said anything.
        case unknown
        /// The idempotency key that it was sent with stands for this operation.
        case bound
    }

    /// When.
    public var time: Int64
    /// What is known of it.
    public var fate: Fate
    /// The operation's ID.
    public var operation: String
    /// The operation's type; with `bound`, the key.
    public var type: String

    /// A record.
    public init(_ time: Int64, _ fate: Fate, _ operation: String, type: String) {
        (self.time, self.fate, self.operation, self.type) = (time, fate, operation, type)
    }

    /// Reads a line of the log; nil when it is none.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count >= 4, let time = Int64(words[0]), let fate = Fate(rawValue: String(words[1])) else { return nil }
        self.init(time, fate, String(words[2]), type: String(words[3]))
    }
}

/// A line of the ledger: what a handler was asked for and did.
public struct LedgerRecord: Sendable, Hashable {
    /// What happened.
    public enum Event: String, Sendable {
        /// A call came.
        case call
        /// It had an effect.
        case effective
        /// Its key had an effect already.
        case again = "repeat"
        /// An undo found nothing to undo.
        case nothing
        /// Its epoch is lower than one seen before; refused.
        case stale
        /// It was answered.
        case answered
        /// It was refused for good, answered 503, or cut, as its plan says.
        case declined, unavailable, cut
        /// Its caller went away before it was answered.
        case gone
    }

    /// When.
    public var time: Int64
    /// What happened.
    public var event: Event
    /// The number of the call.
    public var call: Int
    /// The operation.
    public var operation: String
    /// The step.
    public var step: String
    /// Whether the step was to be undone.
    public var isUndo: Bool
    /// The attempt's epoch.
    public var epoch: Int64

    /// A record.
    public init(_ time: Int64, _ event: Event, call: Int, _ operation: String, _ step: String, isUndo: Bool = false, epoch: Int64) {
        (self.time, self.event, self.call, self.operation) = (time, event, call, operation)
        (self.step, self.isUndo, self.epoch) = (step, isUndo, epoch)
    }

    /// Reads a line of the log; nil when it is none.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 7, let time = Int64(words[0]), let event = Event(rawValue: String(words[1])), let call = Int(words[2]),
            let epoch = Int64(words[6])
        else { return nil }
        self.init(time, event, call: call, String(words[3]), String(words[4]), isUndo: words[5] == "undo", epoch: epoch)
    }
}

/// A line of the watcher: how an operation was seen.
public struct StatusRecord: Sendable, Hashable {
    /// When.
    public var time: Int64
    /// The operation.
    public var operation: String
    /// Its status; `Absent` when the program does not know it.
    public var status: String
    /// Its phase.
    public var phase: String
    /// The number of its last event.
    public var version: Int
    /// Whether it was seen after everything had come to rest.
    public var isFinal: Bool
    /// Whether it was not seen by the watcher but told to somebody who canceled it; it may have been overtaken by what was seen.
    public var wasTold: Bool

    /// A record.
    public init(
        _ time: Int64,
        _ operation: String,
        _ status: String,
        phase: String,
        version: Int,
        isFinal: Bool = false,
        wasTold: Bool = false
    ) {
        (self.time, self.operation, self.status) = (time, operation, status)
        (self.phase, self.version, self.isFinal, self.wasTold) = (phase, version, isFinal, wasTold)
    }

    /// Reads a line of the log; nil when it is none.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 6, let time = Int64(words[0]), let version = Int(words[4]) else { return nil }
        self.init(
            time,
            String(words[1]),
            String(words[2]),
            phase: String(words[3]),
            version: version,
            isFinal: words[5] == "final",
            wasTold: words[5] == "told"
        )
    }

    /// Whether nothing may come after it.
    public var isEnded: Bool { ["Succeeded", "Failed", "Canceled"].contains(status) }
    /// Whether it waits for a person, by name, and so has come to its end as far as the program can bring it.
    public var needsPerson: Bool { phase == "undo-failed" }
}

/// A line of the nemesis, or about what Redis held in the end.
public struct FaultRecord: Sendable, Hashable {
    /// When.
    public var time: Int64
    /// What was done: `kill`, `pause`, `redis-kill`, …, or a name of something counted.
    public var name: String
    /// To whom, or how much.
    public var detail: String

    /// A record.
    public init(_ time: Int64, _ name: String, _ detail: String) {
        (self.time, self.name, self.detail) = (time, name, detail)
    }

    /// Reads a line of the log; nil when it is none.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let time = Int64(words[0]) else { return nil }
        self.init(time, String(words[1]), String(words[2]))
    }
}
