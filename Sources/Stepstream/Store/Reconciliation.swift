/// Where a round over the live operations goes on.
public struct ReconcileCursor: Sendable, Hashable {
    /// The place, as the store understands it.
    public var text: String
    /// The beginning.
    public static let start = ReconcileCursor(text: "")
    /// A cursor as the store gave it.
    public init(text: String) { self.text = text }
}

/// What one call of a round over the live operations found and did.
public struct ReconcileAnswer: Sendable, Hashable {
    /// How many operations were looked at.
    public var examined = 0
    /// Operations that had lost their message; it was published again.
    public var republished: [OperationID] = []
    /// How many timers were set again.
    public var timers = 0
    /// How many index entries went because their operation has ended or is gone.
    public var removed = 0
    /// Operations that nothing leads on for and nothing can be published for: someone must look at them.
    public var stranded: [OperationID] = []
    /// Operations whose definition the store does not have, so that nobody knows their queues.
    public var undefined: [OperationID] = []
    /// Where to go on; `.start` when the round is through.
    public var cursor = ReconcileCursor.start

    /// Nothing found.
    public init() {}
}
