public import StepstreamJSON

/// One numbered line of an operation's history: what poll, SSE, WebSocket and webhook all report.
public struct Event: Sendable, Hashable {
    /// What can happen. On the wire each is prefixed with `stepstream.`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case accepted = "operation.accepted"
        case started = "operation.started"
        case succeeded = "operation.succeeded"
        case failed = "operation.failed"
        case canceled = "operation.canceled"
        case undoing = "operation.undoing"
        case undone = "operation.undone"
        case undoFailed = "operation.undo-failed"
        case commanded = "operation.commanded"
        case stepStarted = "step.started"
        case stepSucceeded = "step.succeeded"
        case stepRetrying = "step.retrying"
        case stepFailed = "step.failed"
        case stepHeld = "step.held"
        case stepUndoing = "step.undoing"
        case stepUndone = "step.undone"
        case stepProgress = "step.progress"
    }

    /// 1, 2, …; the operation's version right after it.
    public var sequence: Int
    /// When, by Redis's clock, in Unix milliseconds.
    public var time: Milliseconds
    /// What happened.
    public var kind: Kind
    /// The event's own data, a JSON object.
    public var data: JSONText

    /// An event as read back from the store.
    public init(sequence: Int, time: Milliseconds, kind: Kind, data: JSONText) {
        self.sequence = sequence
        self.time = time
        self.kind = kind
        self.data = data
    }
}

/// An event that a transition will append; the store gives it its number and time.
package struct EventDraft: Sendable, Hashable {
    /// What happened.
    package var kind: Event.Kind
    /// The event's own data, a JSON object.
    package var data: JSONText

    /// A draft with `data`.
    package init(_ kind: Event.Kind, data: JSONText = .emptyObject) {
        self.kind = kind
        self.data = data
    }
}
