/// A message as a worker got it: what to do, and the stream entry that asks for it.
package struct DeliveredMessage: Sendable, Hashable {
    /// What is asked for.
    package var message: Message
    /// The stream entry's ID; nil when a process begins work that no message asked for (sync steps).
    package var entry: String?

    /// A message delivered as `entry`.
    package init(_ message: Message, entry: String?) {
        self.message = message
        self.entry = entry
    }
}

/// The right to write what became of one attempt, as long as it holds.
package struct Lease: Sendable, Hashable {
    /// What is being done.
    package var message: Message
    /// The stream entry to acknowledge.
    package var entry: String?
    /// The epoch that fences every write.
    package var epoch: Epoch
    /// Who holds it.
    package var consumer: String

    /// A lease.
    package init(message: Message, entry: String?, epoch: Epoch, consumer: String) {
        self.message = message
        self.entry = entry
        self.epoch = epoch
        self.consumer = consumer
    }
}

/// How work is begun.
package struct BeginOptions: Sendable {
    /// Who begins it.
    package var consumer: String
    /// How long the lease holds without renewal.
    package var lease: Milliseconds
    /// The definitions of the messages' operations, by version: what to read depends on the steps.
    package var definitions: [DefinitionVersion: Definition]
    /// A text that no other call has. Whoever begins the same messages again with it, because the answer was lost, is given what the first
    /// call began; without it that is held until its lease runs out, and counts as a crash.
    package var call: String?

    /// Options.
    package init(consumer: String, lease: Milliseconds, definitions: [DefinitionVersion: Definition], call: String? = nil) {
        self.consumer = consumer
        self.call = call
        self.lease = lease
        self.definitions = definitions
    }
}

/// What became of a message that was to be begun.
package enum BeginAnswer: Sendable {
    /// Begun: the lease, and the operation with its input and the results of earlier steps. Indirect, for both have many parts to copy.
    indirect case begun(Lease, Operation)
    /// Another attempt holds an unexpired lease; the entry stays pending.
    case held
    /// The work has been done or has lost its purpose; the entry was acknowledged and deleted.
    case stale
}

/// What became of a lease that was to be renewed.
package enum RenewAnswer: Sendable, Hashable {
    /// Renewed.
    case renewed
    /// Renewed, and the operation is to be canceled.
    case cancelRequested
    /// Lost: another attempt has the work, or it has ended. Stop, and write nothing more.
    case lost
}

/// What the store answers about a transition that it has applied.
package struct Applied: Sendable, Hashable {
    /// The operation's new version.
    package var version: Int
    /// When, by Redis's clock; nil if the store does not say.
    package var time: Milliseconds?
    /// When the operation expires, if it has ended by this.
    package var expires: Milliseconds?

    /// An operation of a new version.
    package init(version: Int, time: Milliseconds? = nil, expires: Milliseconds? = nil) {
        self.version = version
        self.time = time
        self.expires = expires
    }
}

/// What became of a transition.
package enum CommitAnswer: Sendable {
    /// Applied.
    case applied(Applied)
    /// Not applied: the operation has changed meanwhile. Here it is; decide again.
    indirect case changed(Operation)
    /// Not applied: the lease is lost, or the operation gone.
    case lost
}

/// Where a sweep over claimed messages goes on.
package struct ReclaimCursor: Sendable, Hashable {
    /// The stream ID the sweep stands at.
    package var text: String
    /// The beginning.
    package static let start = ReclaimCursor(text: "0-0")
    /// A cursor as the store gave it.
    package init(text: String) { self.text = text }
}

/// What one call of a sweep found.
package struct ReclaimPage: Sendable {
    /// Candidates; whether their lease has run out is found when they are begun.
    package var messages: [DeliveredMessage]
    /// Where to go on; `.start` when the sweep is through.
    package var cursor: ReclaimCursor
    /// Entries that were claimed but no longer exist.
    package var deleted: Int

    /// A page.
    package init(messages: [DeliveredMessage], cursor: ReclaimCursor, deleted: Int) {
        self.messages = messages
        self.cursor = cursor
        self.deleted = deleted
    }
}

/// What came of a look at the timers.
package struct PromoteAnswer: Sendable, Hashable {
    /// How many messages were published.
    package var promoted: Int
    /// How long until the next timer is due; nil when there is none. Zero when more are due already.
    package var next: Milliseconds?
    /// Operations that have passed their deadline, for the caller to decide upon; they are returned again until it has.
    package var passedDeadlines: [PassedDeadline]

    /// An answer.
    package init(promoted: Int, next: Milliseconds?, passedDeadlines: [PassedDeadline] = []) {
        self.promoted = promoted
        self.next = next
        self.passedDeadlines = passedDeadlines
    }
}

/// An operation that has passed its deadline.
package struct PassedDeadline: Sendable, Hashable {
    /// The operation.
    package var id: OperationID
    /// The version of the definition it was accepted with.
    package var definition: DefinitionVersion

    /// The operation `id`.
    package init(id: OperationID, definition: DefinitionVersion) {
        self.id = id
        self.definition = definition
    }
}

/// What was tidied.
package struct TidyAnswer: Sendable, Hashable {
    /// Index entries removed.
    package var indexEntries: Int
    /// Consumers removed.
    package var consumers: Int

    /// An answer.
    package init(indexEntries: Int, consumers: Int) {
        self.indexEntries = indexEntries
        self.consumers = consumers
    }
}
