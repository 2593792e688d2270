/// A submission that the core has planned and the store is to accept.
public struct Submission: Sendable {
    /// The ID it is accepted under.
    public var id: OperationID
    /// Whom it belongs to.
    public var tenant: Name
    /// The definition it is accepted with.
    public var definition: Definition
    /// That definition's version.
    public var version: DefinitionVersion
    /// The input, already validated.
    public var input: JSONText
    /// The submitter's own notes, a JSON object.
    public var metadata: JSONText?
    /// The resources that it writes to, as the submitter calls them.
    public var resources: [String] = []
    /// The digest of the request: the same ID with another is refused.
    public var fingerprint: String
    /// When it may begin at the earliest.
    public var notBefore: Milliseconds?
    /// W3C trace context.
    public var traceparent: String?
    /// The idempotency key that it is accepted under, as the client sent it.
    public var idempotencyKey: String?
    /// What it asks its acceptance to survive; nil: what is configured.
    public var durability: Durability?
    /// Who is told of its events.
    public var callback: Callback?
    /// How it starts.
    public var transition: Transition

    /// A submission; without notes and conditions unless said otherwise.
    public init(
        id: OperationID,
        tenant: Name = Operation.defaultTenant,
        definition: Definition,
        version: DefinitionVersion,
        input: JSONText,
        metadata: JSONText? = nil,
        resources: [String] = [],
        fingerprint: String,
        notBefore: Milliseconds? = nil,
        traceparent: String? = nil,
        idempotencyKey: String? = nil,
        durability: Durability? = nil,
        callback: Callback? = nil,
        transition: Transition
    ) {
        self.id = id
        self.tenant = tenant
        self.definition = definition
        self.version = version
        self.input = input
        self.metadata = metadata
        self.resources = resources
        self.fingerprint = fingerprint
        self.notBefore = notBefore
        self.traceparent = traceparent
        self.idempotencyKey = idempotencyKey
        self.durability = durability
        self.callback = callback
        self.transition = transition
    }
}

/// What became of a submission. Indirect, as it is handed through many hands and an operation has many parts to copy.
public indirect enum SubmitAnswer: Sendable {
    /// Written; this is the operation.
    case accepted(Operation)
    /// There already was an operation of this ID and request; this is it.
    case exists(Operation)
    /// There already is an operation of this ID, made by another request.
    case conflict
}

/// Which operations to list.
public struct ListQuery: Sendable {
    /// Only this caller's.
    public var tenant: Name
    /// Only those with this status.
    public var status: Status?
    /// Only those that have not ended.
    public var isLive: Bool
    /// Only those of this type.
    public var type: Name?
    /// Only those accepted after this time (Unix milliseconds).
    public var createdAfter: Milliseconds?
    /// Only those that need a person.
    public var needsAttention: Bool
    /// How many at most; 1-1000.
    public var pageSize: Int
    /// How many operations are looked at, about, when most do not match; the page is then shorter, and the next goes on.
    public var examined: Int
    /// Where the last page ended.
    public var pageToken: String?

    /// The first page of all operations of `tenant`.
    public init(tenant: Name = Operation.defaultTenant, pageSize: Int = 50) {
        self.tenant = tenant
        self.pageSize = pageSize
        isLive = false
        examined = 2000
        needsAttention = false
    }
}

/// One page of a listing.
public struct ListPage: Sendable {
    /// The operations, newest first, without their histories.
    public var operations: [Operation]
    /// Where the next page begins; nil when this was the last.
    public var nextPageToken: String?

    /// A page.
    public init(operations: [Operation], nextPageToken: String?) {
        self.operations = operations
        self.nextPageToken = nextPageToken
    }
}

/// What became of a request to forget an operation.
public enum ForgetAnswer: Sendable, Hashable {
    /// Forgotten.
    case forgotten
    /// It has not ended.
    case notEnded
    /// There is none.
    case absent
}
