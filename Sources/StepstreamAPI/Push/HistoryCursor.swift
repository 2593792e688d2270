import Stepstream

/// How much of the history of one operation one watcher has got: a pure state machine, notices and reads in, lines out.
///
/// Events have numbers without gaps, so whatever was lost on the way is seen by the next number, and read from the record.
struct HistoryCursor {
    /// What is sent to a watcher.
    enum Line {
        /// The operation as it is; the history goes on behind it.
        case snapshot(Operation)
        /// The operation as it is, because the history no longer reaches back to what the watcher knows.
        case reset(Operation)
        case event(Event)
        /// The operation has expired or was deleted.
        case gone
    }

    /// What a notice leads to.
    enum Next {
        case nothing
        case send([Event])
        /// The record must be read: the notice does not say what is new.
        case read
    }

    /// The number of the last event the watcher knows; nil: it knows nothing yet.
    private(set) var known: Int?
    /// Whether the last line has been sent.
    private(set) var isOver = false
    /// The trace context of the operation, once it has been read: every watch begins with that.
    private(set) var traceparent: String?

    /// A watcher that knows the history up to and with the event `known`.
    init(after known: Int?) {
        self.known = known
    }

    /// Something was published.
    mutating func noticed(_ notice: ChangeNotice) -> Next {
        switch notice {
        case .resynchronize: return .read
        case .events(let events):
            // Before the first read there is nothing that they could follow.
            guard let known else { return .nothing }
            let new = events.filter { $0.sequence > known }
            guard let last = new.last else { return .nothing }
            guard zip(new, (known + 1)...).allSatisfy({ $0.sequence == $1 }) else { return .read }
            self.known = last.sequence
            isOver = last.kind.endsOperation
            return .send(new)
        }
    }

    /// The record has been read, with its events.
    mutating func read(_ operation: Operation?) -> [Line] {
        guard let operation else {
            isOver = true
            return [.gone]
        }
        isOver = operation.status.isEnded
        traceparent = operation.traceparent
        guard let before = known else {
            known = operation.version
            return [.snapshot(operation)]
        }
        known = operation.version
        // The store has lost what the watcher has seen: it was restored to an older state.
        if operation.version < before { return [.reset(operation)] }
        guard operation.version > before else { return [] }
        let missed = operation.events.filter { $0.sequence > before }
        return missed.first?.sequence == before + 1 ? missed.map(Line.event) : [.reset(operation)]
    }
}

extension Event.Kind {
    /// Whether nothing comes after it.
    var endsOperation: Bool {
        switch self {
        case .succeeded, .failed, .canceled: true
        case .accepted, .started, .undoing, .undone, .undoFailed, .commanded, .stepStarted, .stepSucceeded, .stepRetrying, .stepFailed,
            .stepHeld,
            .stepUndoing, .stepUndone, .stepProgress:
            false
        }
    }
}
