/// Why a request was not submitted, though it was valid and the store answered.
package enum SubmissionRefusal: Error, Sendable, Hashable {
    /// There is an operation of this ID, made by another request.
    case idTaken(OperationID)
    /// The idempotency key was used with another request.
    case keyReused
    /// The idempotency key was used for an operation of another ID than the request names.
    case keyOfAnotherID
    /// The first request of the idempotency key is still being accepted.
    case keyInUse
    /// The operation of the idempotency key has expired, and what its first request was answered with is not known.
    case keyExpired
}
