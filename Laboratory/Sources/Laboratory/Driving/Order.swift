/// One operation that is to be submitted.
struct Order: Sendable {
    var id: String
    var type: String
    /// What the handlers are to do: for each step (`b`) or undo (`b/undo`) one word for each call.
    var acts: [String: [String]] = [:]
    /// An idempotency key to send with it instead of its ID.
    var key: String?
    /// So many milliseconds after it was accepted it is canceled.
    var cancelAfter: Int64?
    /// So many milliseconds from now it may begin.
    var notBefore: Int64?

    init(_ id: String, _ type: String, acts: [String: [String]] = [:]) {
        (self.id, self.type, self.acts) = (id, type, acts)
    }
}
