/// Accepts operations.
package protocol SubmissionStore: Sendable {
    /// Accepts an operation: hash, first event and first message or timer in one go. Submitting an ID twice is harmless.
    func submit(_ submission: Submission) async throws(StoreError) -> SubmitAnswer
    /// The same if it takes no more than one answer of the store, and `SubmissionWaits` can end the wait for that; nil if it takes more: then
    /// `submit`.
    func submitAtOnce(_ submission: Submission) async throws(StoreError) -> SubmitAnswer?
    /// Accepts several operations; answers for each, in order.
    func submit(_ submissions: [Submission]) async -> [Result<SubmitAnswer, StoreError>]
    /// What an acceptance survives at present, replicas apart from those that are configured not counted.
    func durability() async throws(StoreError) -> Durability
}

/// The waits of submissions for the store.
package protocol SubmissionWaits: Sendable {
    /// Ends the waits of `submitAtOnce` with an error that says that the outcome is unknown: for who knows that the store is away.
    func giveUp()
}

/// Binds idempotency keys to the operations that were submitted with them.
package protocol IdempotencyStore: Sendable {
    /// Reserves an idempotency key of a caller for an ID and a request; a key that was used answers how its first request stands.
    func reserve(_ reservation: Reservation) async throws(StoreError) -> ReservationAnswer
    /// Keeps what the first request of a key was answered with, unless there is an answer already.
    func keep(_ answer: String, to reservation: Reservation) async throws(StoreError)
    /// Frees a key whose request was certainly not accepted; one that this request has bound is as good as never used.
    func release(_ reservation: Reservation, isNew: Bool) async throws(StoreError)
}
