/// Where a round over the live operations goes on.
package struct ReconcileCursor: Sendable, Hashable {
    /// The place, as the store understands it.
    package var text: String
    /// The beginning.
    package static let start = ReconcileCursor(text: "")
    /// A cursor as the store gave it.
    package init(text: String) { self.text = text }
}

/// What one call of a round over the live operations found and did.
package struct ReconcileAnswer: Sendable, Hashable {
    /// How many operations were looked at.
    package var examined = 0
    /// Operations that had lost their message; it was published again.
    package var republished: [OperationID] = []
    /// How many timers were set again.
    package var timers = 0
    /// How many index entries went because their operation has ended or is gone.
    package var removed = 0
    /// Operations that nothing leads on for and nothing can be published for: someone must look at them.
    package var stranded: [OperationID] = []
    /// Operations whose definition the store does not have, so that nobody knows their queues.
    package var undefined: [OperationID] = []
    /// Where to go on; `.start` when the round is through.
    package var cursor = ReconcileCursor.start

    /// Nothing found.
    package init() {}
}
