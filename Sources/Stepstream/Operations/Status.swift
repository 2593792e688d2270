/// What a consumer polls for. Five values and no more, so that stock pollers of long-running operations end.
public enum Status: String, Sendable, Hashable, CaseIterable {
    /// Accepted; no step has begun.
    case notStarted = "NotStarted"
    /// A step has begun and the operation has not ended.
    case running = "Running"
    /// Every step succeeded.
    case succeeded = "Succeeded"
    /// A step failed for good; `error` says which and why, and what was undone.
    case failed = "Failed"
    /// Canceled on request; what was done has been undone where the definition says how.
    case canceled = "Canceled"

    /// Whether nothing will change any more.
    public var isEnded: Bool {
        switch self {
        case .succeeded, .failed, .canceled: true
        case .notStarted, .running: false
        }
    }
}

/// What the engine is doing with an operation, finer than `Status`. The diagram is docs/states.md.
public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Waits for its `notBefore`.
    case scheduled
    /// A message waits for a worker.
    case queued
    /// A handler runs.
    case executing
    /// Waits for something that is neither a worker nor a delay: a person who decides what became of a step that is held.
    case waiting
    /// Waits for the delay before the next attempt.
    case retrying
    /// Finished steps are being undone.
    case undoing
    /// Ended, and all that could be undone was.
    case undone
    /// An undo failed for good; an operator must act.
    case undoFailed = "undo-failed"
    /// Ended.
    case done
}

/// Where one step (or the undo of one) stands. The diagram is docs/states.md.
public enum StepStatus: String, Sendable, Hashable, CaseIterable {
    /// Not its turn yet; or a sync step that the API process is about to begin.
    case waiting = "Waiting"
    /// A message asks a worker to run it.
    case queued = "Queued"
    /// An attempt holds the lease.
    case running = "Running"
    /// A timer will publish the message for the next attempt.
    case retrying = "Retrying"
    /// Nobody knows what its last attempt did, and a person decides how it goes on.
    case held = "Held"
    /// Ended well.
    case succeeded = "Succeeded"
    /// Failed for good.
    case failed = "Failed"
    /// Never to be run, because the operation was canceled or failed before.
    case canceled = "Canceled"
    /// Of an undo: an operator passed it over.
    case skipped = "Skipped"

    /// Whether the step has had its last attempt.
    public var isEnded: Bool {
        switch self {
        case .succeeded, .failed, .canceled, .skipped: true
        case .waiting, .queued, .running, .retrying, .held: false
        }
    }
}
