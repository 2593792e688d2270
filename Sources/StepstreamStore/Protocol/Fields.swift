import Stepstream

/// The fields of an operation's hash; docs/redis-keys.md shows one.
enum Fields {
    static let type = "type"
    static let tenant = "tenant"
    static let definition = "definition"
    static let status = "status"
    static let phase = "phase"
    static let version = "version"
    static let created = "created"
    static let ended = "ended"
    static let expires = "expires"
    static let notBefore = "not-before"
    static let input = "input"
    static let metadata = "metadata"
    static let resources = "resources"
    static let fingerprint = "fingerprint"
    static let traceparent = "traceparent"
    static let idempotency = "idempotency"
    static let cancel = "cancel"
    /// Who receives its events, and which: `CallbackText`.
    static let callback = "callback"
    /// What `cancel` holds when the operation has passed its deadline.
    static let deadlinePassed = "deadline"
    static let epoch = "epoch"
    static let error = "error"
    /// The step whose result is the operation's.
    static let resultOf = "result-of"
    static let eventPrefix = "event:"

    /// The fields of one step or undo begin with this text: `step:<name>` or `undo:<name>`.
    static func record(_ work: Work) -> String {
        switch work.direction {
        case .forward: "step:" + work.step.text
        case .undo: "undo:" + work.step.text
        }
    }

    /// The fields of a step's or undo's record.
    enum Record: String, CaseIterable {
        /// `lease` is `<epoch> <until, in ms> <consumer>`, or empty when nobody holds one.
        case status, attempts, crashes, uncertain, lease, started, ended, result, error
        /// The stream entry last published for it: by this the reconciler knows whether a message still leads to it.
        case entry
    }

    static func record(_ work: Work, field: Record) -> String {
        record(record(work), field: field)
    }

    /// A field of the record whose fields begin with `record`.
    static func record(_ record: String, field: Record) -> String {
        record + ":" + field.rawValue
    }
}
