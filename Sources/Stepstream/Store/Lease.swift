/// A message as a worker got it: what to do, and the stream entry that asks for it.
public struct DeliveredMessage: Sendable, Hashable {
    /// What is asked for.
    public var message: Message
    /// The stream entry's ID; nil when a process begins work that no message asked for (sync steps).
    public var entry: String?

    /// A message delivered as `entry`.
    public init(_ message: Message, entry: String?) {
        self.message = message
        self.entry = entry
    }
}

/// The right to write what became of one attempt, as long as it holds.
public struct Lease: Sendable, Hashable {
    /// What is being done.
    public var message: Message
    /// The stream entry to acknowledge.
    public var entry: String?
    /// The epoch that fences every write.
    public var epoch: Epoch
    /// Who holds it.
    public var consumer: String

    /// A lease.
    public init(message: Message, entry: String?, epoch: Epoch, consumer: String) {
        self.message = message
        self.entry = entry
        self.epoch = epoch
        self.consumer = consumer
    }
}

/// How work is begun.
public struct BeginOptions: Sendable {
    /// Who begins it.
    public var consumer: String
    /// How long the lease holds without renewal.
    public var lease: Milliseconds
    /// The definitions of the messages' operations, by version: what to read depends on the steps.
    public var definitions: [DefinitionVersion: Definition]
    /// A text that no other call has. Whoever begins the same messages again with it, because the answer was lost, is given what the first
    /// call began; without it that is held until its lease runs out, and counts as a crash.
    public var call: String?

    /// Options.
    public init(consumer: String, lease: Milliseconds, definitions: [DefinitionVersion: Definition], call: String? = nil) {
        self.consumer = consumer
        self.call = call
        self.lease = lease
        self.definitions = definitions
    }
}

/// What became of a message that was to be begun.
public enum BeginAnswer: Sendable {
    /// Begun: the lease, and the operation with its input and the results of earlier steps. Indirect, for both have many parts to copy.
    indirect case begun(Lease, Operation)
    /// Another attempt holds an unexpired lease; the entry stays pending.
    case held
    /// The work has been done or has lost its purpose; the entry was acknowledged and deleted.
    case stale
}

/// What became of a lease that was to be renewed.
public enum RenewAnswer: Sendable, Hashable {
    /// Renewed.
    case renewed
    /// Renewed, and the operation is to be canceled.
    case cancelRequested
    /// Lost: another attempt has the work, or it has ended. Stop, and write nothing more.
    case lost
}

/// What became of a transition.
public enum CommitAnswer: Sendable {
    /// Applied; the operation now has this version. When that was, where the store tells.
    case applied(version: Int, at: CommitTime? = nil)
    /// Not applied: the operation has changed meanwhile. Here it is; decide again.
    indirect case changed(Operation)
    /// Not applied: the lease is lost, or the operation gone.
    case lost
}

/// When a transition was applied, by the store's clock.
public struct CommitTime: Sendable, Hashable {
    /// The time, which is that of its events.
    public var time: Milliseconds
    /// When the store forgets the operation, if it has ended.
    public var expiresAt: Milliseconds?

    /// A time.
    public init(_ time: Milliseconds, expiresAt: Milliseconds?) {
        self.time = time
        self.expiresAt = expiresAt
    }
}

/// Where a sweep over claimed messages goes on.
public struct ReclaimCursor: Sendable, Hashable {
    /// The stream ID the sweep stands at.
    public var text: String
    /// The beginning.
    public static let start = ReclaimCursor(text: "0-0")
    /// A cursor as the store gave it.
    public init(text: String) { self.text = text }
}

/// What one call of a sweep found.
public struct ReclaimPage: Sendable {
    /// Candidates; whether their lease has run out is found when they are begun.
    public var messages: [DeliveredMessage]
    /// Where to go on; `.start` when the sweep is through.
    public var cursor: ReclaimCursor
    /// Entries that were claimed but no longer exist.
    public var deleted: Int

    /// A page.
    public init(messages: [DeliveredMessage], cursor: ReclaimCursor, deleted: Int) {
        self.messages = messages
        self.cursor = cursor
        self.deleted = deleted
    }
}

/// What came of a look at the timers.
public struct PromoteAnswer: Sendable, Hashable {
    /// How many messages were published.
    public var promoted: Int
    /// How long until the next timer is due; nil when there is none. Zero when more are due already.
    public var next: Milliseconds?
    /// Operations whose total time is over, for the caller to decide upon; they are told again until it has.
    public var overdue: [OverdueOperation]

    /// An answer.
    public init(promoted: Int, next: Milliseconds?, overdue: [OverdueOperation] = []) {
        self.promoted = promoted
        self.next = next
        self.overdue = overdue
    }
}

/// An operation whose total time is over.
public struct OverdueOperation: Sendable, Hashable {
    /// The operation.
    public var id: OperationID
    /// The version of the definition it was accepted with.
    public var definition: DefinitionVersion

    /// The operation `id`.
    public init(id: OperationID, definition: DefinitionVersion) {
        self.id = id
        self.definition = definition
    }
}

/// What was tidied.
public struct TidyAnswer: Sendable, Hashable {
    /// Index entries removed.
    public var indexEntries: Int
    /// Consumers removed.
    public var consumers: Int

    /// An answer.
    public init(indexEntries: Int, consumers: Int) {
        self.indexEntries = indexEntries
        self.consumers = consumers
    }
}
