import NIOCore

/// What one connection knows: an event in, an action out, no I/O.
///
/// Calls that were written stand in a line, and each reply belongs to the first of them. The line never changes for any other
/// reason, so a reply cannot reach a neighbour. `Item` is a call; tests use plain values.
struct ConnectionMachine<Item: Sendable> {
    enum Role: Equatable {
        /// Each reply answers a call.
        case commands
        /// Messages come unasked; the other replies answer calls.
        case subscriber
    }

    struct Slot {
        var item: Item
        var bytes: Int
        var replies: Int
        /// The replies still to come.
        var missing: Int
        var deadline: NIODeadline
    }

    enum Action {
        /// The reply is the item's. With `last` its slot is free, and its commands and bytes with it.
        case answer(Item, RedisReply, last: Bool, calls: Int, bytes: Int)
        /// Logging in goes on.
        case wait
        /// Logged in: the connection is ready for calls. `warning` is an optional step that was refused.
        case ready(clientID: Int?, warning: RedisError?)
        /// A message to the subscriber.
        case push(RedisReply)
        /// The connection cannot be used (any longer): close it.
        case close(RedisError)
        /// The connection is closed already; the reply is nobody's.
        case ignore
    }

    private enum Phase {
        case loggingIn(Login)
        case ready
        case closed
    }

    private let role: Role
    private var phase: Phase
    private var slots = CircularBuffer<Slot>()

    init(role: Role, login: Login) {
        self.role = role
        phase = .loggingIn(login)
    }

    var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    /// The calls under way.
    var count: Int { slots.count }

    /// A call was handed to the socket.
    mutating func wrote(_ item: Item, bytes: Int, replies: Int, deadline: NIODeadline) {
        slots.append(Slot(item: item, bytes: bytes, replies: replies, missing: replies, deadline: deadline))
    }

    mutating func received(_ reply: RedisReply) -> Action {
        switch phase {
        case .loggingIn(var login):
            let action = login.received(reply)
            switch action {
            case .next:
                phase = .loggingIn(login)
                return .wait
            case .done:
                phase = .ready
                return .ready(clientID: login.clientID, warning: login.warning)
            case .failed(let error):
                return .close(error)
            }
        case .ready:
            if role == .subscriber, Self.isMessage(reply) { return .push(reply) }
            return answer(reply)
        case .closed:
            return .ignore
        }
    }

    private mutating func answer(_ reply: RedisReply) -> Action {
        guard !slots.isEmpty else { return .close(Self.unasked(reply)) }
        slots[slots.startIndex].missing -= 1
        let slot = slots[slots.startIndex]
        let last = slot.missing <= 0
        if last { slots.removeFirst() }
        return .answer(slot.item, reply, last: last, calls: slot.replies, bytes: slot.bytes)
    }

    /// The moment the first call's time is over; nil when none is under way.
    var nextDeadline: NIODeadline? { slots.first?.deadline }

    /// Whether the server let the first call's time run out. Its reply may still come and nobody could tell whose it is, so
    /// the connection has to go.
    func isOverdue(_ now: NIODeadline) -> Bool {
        guard let deadline = nextDeadline else { return false }
        return deadline <= now
    }

    /// The connection is gone. Returns the calls that will never be answered; the second time none.
    mutating func lost() -> CircularBuffer<Slot> {
        phase = .closed
        defer { slots.removeAll() }
        return slots
    }

    private static func isMessage(_ reply: RedisReply) -> Bool {
        reply.kind == .array && reply[0].equals("message")
    }

    private static func unasked(_ reply: RedisReply) -> RedisError {
        // Redis says why it hangs up (too many clients, no authentication) in such a reply.
        if let error = reply.error {
            return RedisError(
                error.code,
                "Redis refused the connection: \(error.message)",
                class: error.errorClass == .other ? .indeterminate : error.errorClass
            )
        }
        let text = reply.string.map { ": \(RedisError.printable(String($0.prefix(100))))" } ?? " (\(reply))"
        return RedisError(.protocolViolation, "Redis sent a reply that nobody asked for\(text)", class: .indeterminate)
    }
}
