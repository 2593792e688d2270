/// An idempotency key that is to be bound to an ID.
package struct Reservation: Sendable {
    /// Whom the key belongs to.
    package var tenant: Name
    /// The key as the client sent it: 1-255 visible ASCII characters.
    package var key: String
    /// The ID to bind it to if it is new.
    package var id: OperationID
    /// The digest of the request.
    package var fingerprint: String
    /// A name that no other request has: the key is its own until it is accepted.
    package var request: String

    /// Binds `key` to `id`, for the request called `request`; for one called like the ID unless said otherwise.
    package init(tenant: Name, key: String, id: OperationID, fingerprint: String, request: String? = nil) {
        self.tenant = tenant
        self.key = key
        self.id = id
        self.fingerprint = fingerprint
        self.request = request ?? id.text
    }
}

/// What an idempotency key stands for.
package enum ReservationAnswer: Sendable, Hashable {
    /// New, and now bound.
    case reserved
    /// Bound before to this ID, by the same request, which broke off; this one takes its place.
    case bound(OperationID)
    /// Bound to this ID by the same request, which is on its way.
    case accepting(OperationID)
    /// The same request was answered with this before.
    case answered(String)
    /// Bound to an operation that has expired since, without its first answer: its result is no longer known.
    case expired
    /// Bound before, by another request.
    case conflict
}
