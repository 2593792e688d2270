enum BeginScript {
    enum Key: Int, Positions { case reconciler }
    enum Argument: Int, Positions { case consumer, lease, kinds }
    enum Kind: Int, Positions { case timer, record, direction, step, undo, stream, fields }
    enum Message: Int, Positions { case entry, kind }
    /// The first fields that are read of an operation.
    enum State: Int, Positions { case version, status, epoch, recordStatus, attempts, callback }
    /// What stands behind the code; the fields from the callback on follow.
    enum Begun: Int, Positions { case epoch, attempts, crashes, version, uncertain, error }
    enum Code: String, ScriptCode { case begun, held, stale }
}

package enum CommitScript {
    package enum Shared: Int, Positions { case lease, stream, knewOfCancel }
    package enum Attempt: Int, Positions { case epoch, version, entry, template }
}

enum RenewScript {
    enum Argument: Int, Positions { case consumer, duration }
    enum Lease: Int, Positions { case operation, field, epoch, stream, entry }
    enum Code: String, ScriptCode { case renewed, cancel, lost }
}

enum SnoozeScript {
    enum Key: Int, Positions { case timers, reconciler }
    enum Argument: Int, Positions { case delay, problem, wake }
    enum Message: Int, Positions { case operation, record, stream, entry, timer }
    enum Code: String, ScriptCode { case snoozed, held, stale }
}
