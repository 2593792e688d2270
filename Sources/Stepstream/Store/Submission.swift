package import StepstreamJSON

/// A submission that the core has planned and the store is to accept.
package struct Submission: Sendable {
    /// The ID it is accepted under.
    package var id: OperationID
    /// Whom it belongs to.
    package var tenant: Name
    /// The definition it is accepted with.
    package var definition: Definition
    /// That definition's version.
    package var version: DefinitionVersion
    /// The input, already validated.
    package var input: JSONText
    /// The submitter's own notes, a JSON object.
    package var metadata: JSONText?
    /// The resources that it writes to, as the submitter calls them.
    package var resources: [String] = []
    /// The digest of the request: the same ID with another is refused.
    package var fingerprint: String
    /// When it may begin at the earliest.
    package var notBefore: Milliseconds?
    /// W3C trace context.
    package var traceparent: String?
    /// The idempotency key that it is accepted under, as the client sent it.
    package var idempotencyKey: String?
    /// What it asks its acceptance to survive; nil: what is configured.
    package var durability: Durability?
    /// Who receives its events.
    package var callback: Callback?
    /// How it starts.
    package var transition: Transition

    /// A submission; without notes and conditions unless said otherwise.
    package init(
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
package indirect enum SubmitAnswer: Sendable {
    /// Written; this is the operation.
    case accepted(Operation)
    /// There already was an operation of this ID and request; this is it.
    case exists(Operation)
    /// There already is an operation of this ID, made by another request.
    case conflict
}

/// Which operations to list.
package struct ListQuery: Sendable {
    /// Only this caller's.
    package var tenant: Name
    /// Only those with this status.
    package var status: Status?
    /// Only those that have not ended.
    package var isLive: Bool
    /// Only those of this type.
    package var type: Name?
    /// Only those accepted after this time (Unix milliseconds).
    package var createdAfter: Milliseconds?
    /// Only those that need a person.
    package var needsAttention: Bool
    /// How many at most; 1-1000.
    package var pageSize: Int
    /// How many operations are looked at, about, when most do not match; the page is then shorter, and the next goes on.
    package var examined: Int
    /// Where the last page ended.
    package var pageToken: String?

    /// The first page of all operations of `tenant`.
    package init(tenant: Name = Operation.defaultTenant, pageSize: Int = 50) {
        self.tenant = tenant
        self.pageSize = pageSize
        isLive = false
        examined = 2000
        needsAttention = false
    }
}

/// One page of a listing.
package struct ListPage: Sendable {
    /// The operations, newest first, without their histories.
    package var operations: [Operation]
    /// Where the next page begins; nil when this was the last.
    package var nextPageToken: String?

    /// A page.
    package init(operations: [Operation], nextPageToken: String?) {
        self.operations = operations
        self.nextPageToken = nextPageToken
    }
}

/// The result of a request to delete an operation.
package enum DeleteAnswer: Sendable, Hashable {
    /// Deleted.
    case deleted
    /// It has not ended.
    case notEnded
    /// There is none.
    case absent
}
