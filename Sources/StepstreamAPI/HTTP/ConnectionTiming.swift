import NIOCore

/// Which deadline a connection is under: a pure state machine, time comes in with the events.
///
/// A request has one deadline for its head and one for all of it, both counted from its first byte, so that a client that sends a byte
/// now and then (slowloris) gains nothing. While a request is being worked on there is no deadline.
struct ConnectionTiming {
    /// How long each state may last.
    struct Limits {
        var head: TimeAmount
        var request: TimeAmount
        var idle: TimeAmount
        /// How long a client may go on sending after it was refused, before the connection is cut: an answer that is followed by a
        /// reset may be lost (RFC 9112 §9.6).
        var linger: TimeAmount = .seconds(2)
    }

    /// What to do when a deadline passes.
    enum Verdict: Equatable {
        /// Nothing is lost: close without a word.
        case close
        /// Answer 408.
        case refuse
    }

    private enum Reading: Equatable {
        case nothing, head, body
        case discarding
    }

    private let limits: Limits
    private var reading = Reading.nothing
    private var since: NIODeadline
    private var isFirst = true
    private var lastWrite: NIODeadline?
    /// Requests whose head has come and whose answer has not ended.
    private(set) var unanswered = 0

    init(limits: Limits, openedAt time: NIODeadline) {
        self.limits = limits
        since = time
    }

    /// Whether a request has begun and not ended.
    var isReadingRequest: Bool { reading == .head || reading == .body }
    /// Whether the body of a request is still on its way.
    var isReadingBody: Bool { reading == .body }
    /// Whether what comes is thrown away.
    var isDiscarding: Bool { reading == .discarding }

    /// Whether the request that is being read can be answered without getting in the way of another answer.
    var canRefuse: Bool {
        guard lastWrite == nil else { return false }
        return unanswered == (reading == .body ? 1 : 0)
    }

    /// The next deadline, if there is one.
    var deadline: (time: NIODeadline, verdict: Verdict)? {
        switch reading {
        case .head: return (since + limits.head, .refuse)
        case .body: return (since + limits.request, .refuse)
        case .discarding: return (since + limits.linger, .close)
        case .nothing:
            if unanswered == 0 { return (since + (isFirst ? min(limits.head, limits.idle) : limits.idle), .close) }
            return lastWrite.map { ($0 + limits.idle, .close) }
        }
    }

    /// Bytes have come, of whatever.
    mutating func bytes(at time: NIODeadline) {
        guard reading == .nothing else { return }
        begin(at: time)
    }

    /// The head of a request is complete.
    mutating func head(at time: NIODeadline) {
        // Pipelined: it may have come in the very bytes that ended the request before.
        if reading == .nothing { begin(at: time) }
        guard reading == .head else { return }
        reading = .body
        unanswered += 1
    }

    /// The request is complete.
    mutating func requestEnd(at time: NIODeadline) {
        guard reading == .body else { return }
        reading = .nothing
        since = time
    }

    /// A part of an answer was taken over to be sent.
    mutating func wrote(at time: NIODeadline) {
        lastWrite = time
    }

    /// An answer is complete.
    mutating func answerEnd(at time: NIODeadline) {
        lastWrite = nil
        unanswered = max(0, unanswered - 1)
        if reading == .nothing, unanswered == 0 { since = time }
    }

    /// The connection ends after what was answered; what still comes is thrown away.
    mutating func discard(at time: NIODeadline) {
        reading = .discarding
        since = time
    }

    private mutating func begin(at time: NIODeadline) {
        reading = .head
        since = time
        isFirst = false
    }
}
