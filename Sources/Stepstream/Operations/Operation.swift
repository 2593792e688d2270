public import StepstreamJSON

/// One accepted write, as the store holds it. A snapshot: it does not change by itself.
public struct Operation: Sendable, Hashable {
    /// Its name.
    public var id: OperationID
    /// What kind of operation it is.
    public var type: Name
    /// The caller it belongs to; a read by another answers as if it did not exist.
    public var tenant: Name
    /// The version of the definition it was accepted with.
    public var definition: DefinitionVersion
    /// What a consumer polls for.
    public var status: Status
    /// What the engine is doing.
    public var phase: Phase
    /// The number of the last event: grows with every change, and is the ETag.
    public var version: Int
    /// When it was accepted, by Redis's clock.
    public var createdAt: Milliseconds
    /// When it last changed.
    public var updatedAt: Milliseconds
    /// When it ended.
    public var endedAt: Milliseconds?
    /// When it expires; nil while it has not ended.
    public var expiresAt: Milliseconds?
    /// When it may begin at the earliest.
    public var notBefore: Milliseconds?
    /// What was submitted.
    public var input: JSONText
    /// The submitter's own notes, a JSON object.
    public var metadata: JSONText?
    /// The resources that it writes to, as the submitter calls them.
    public var resources: [String]
    /// The digest of the request that made it: another request under the same ID is refused.
    public var fingerprint: String
    /// W3C trace context of the submission.
    public var traceparent: String?
    /// Who receives its events, besides the configured receivers.
    package var callback: Callback?
    /// Whether someone asked to cancel it and it could not end at once.
    public var cancelRequested: Bool
    /// Whether that request is not a person's but follows from the deadline of the operation.
    public var hasPassedDeadline: Bool
    /// The steps that have a record, by name. A step without one is `waiting`.
    public var steps: [Name: StepRecord]
    /// The undo of each step that has one.
    public var undos: [Name: StepRecord]
    /// The result, once succeeded.
    public var result: JSONText?
    /// The problem object, once failed; JSON as served.
    public var error: JSONText?
    /// The history, oldest first; empty when it was not asked for.
    public var events: [Event]

    /// A snapshot. The store's decoder and tests make these.
    public init(
        id: OperationID,
        type: Name,
        tenant: Name = Operation.defaultTenant,
        definition: DefinitionVersion,
        status: Status = .notStarted,
        phase: Phase = .queued,
        version: Int = 1,
        createdAt: Milliseconds = 0,
        updatedAt: Milliseconds = 0,
        input: JSONText,
        fingerprint: String = ""
    ) {
        self.id = id
        self.type = type
        self.tenant = tenant
        self.definition = definition
        self.status = status
        self.phase = phase
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.input = input
        self.fingerprint = fingerprint
        resources = []
        cancelRequested = false
        hasPassedDeadline = false
        steps = [:]
        undos = [:]
        events = []
    }

    /// The tenant of callers without credentials.
    public static let defaultTenant: Name = "default"

    /// The record of the run or undo of a step.
    public func record(_ work: Work) -> StepRecord? {
        switch work.direction {
        case .forward: steps[work.step]
        case .undo: undos[work.step]
        }
    }
}

/// What the store knows of one step, or of the undo of one.
public struct StepRecord: Sendable, Hashable {
    /// Where it stands.
    public var status: StepStatus
    /// Attempts begun; crashes of workers are not counted.
    public var attempts: Int
    /// Attempts that ended with the death of their worker.
    public var crashes: Int
    /// Whether some attempt ended without anyone knowing what it did.
    public var isUncertain: Bool
    /// The epoch of the attempt that holds the lease.
    public var epoch: Epoch?
    /// Until when the lease holds, by Redis's clock.
    public var lease: Milliseconds?
    /// The consumer that holds the lease.
    public var owner: String?
    /// When the last attempt began.
    public var startedAt: Milliseconds?
    /// When it ended.
    public var endedAt: Milliseconds?
    /// What the handler answered.
    public var result: JSONText?
    /// The problem of the last attempt that did not succeed.
    public var error: JSONText?

    /// A record in `status`.
    public init(_ status: StepStatus, attempts: Int = 0, crashes: Int = 0, isUncertain: Bool = false, result: JSONText? = nil) {
        self.status = status
        self.attempts = attempts
        self.crashes = crashes
        self.isUncertain = isUncertain
        self.result = result
    }
}

/// The number that grows with every claim and fences all writes of an attempt: max(previous + 1, Redis's time in µs).
public struct Epoch: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number; below 2^53, so that Lua keeps it exactly.
    public var number: Int64
    /// The epoch `number`.
    public init(_ number: Int64) { self.number = number }
    /// By size, or by text.
    public static func < (left: Epoch, right: Epoch) -> Bool { left.number < right.number }
    /// The text.
    public var description: String { String(number) }
}
