import Crypto
package import StepstreamJSON

/// What somebody wants submitted: its input has been checked against the definition.
package struct SubmissionRequest: Sendable {
    /// The definition of its type.
    package let entry: DefinitionCatalog.Entry
    /// The input.
    package let input: JSONText
    /// The ID it is to have, if the client chose one.
    package var id: OperationID?
    /// Whom the operation will belong to.
    package var tenant = Operation.defaultTenant
    /// The key under which repetitions of the request are answered like the first: 1 to 255 visible ASCII characters.
    package var idempotencyKey: String?
    /// The submitter's own notes, a JSON object.
    package var metadata: JSONText?
    /// What the operation writes to.
    package var resources: [String] = []
    /// When it may begin at the earliest.
    package var notBefore: Milliseconds?
    /// Who is notified of its events.
    package var callback: Callback?
    /// W3C trace context.
    package var traceparent: String?
    /// What the acceptance must survive at least; nil: what is configured.
    package var durability: Durability?
    /// Whether the answer is wanted as soon as the operation is accepted, its sync steps left to workers.
    package var respondsAsync = false
    /// How long the answer may wait for the end of the operation; nil: not at all.
    package var wait: Duration?

    /// A request with nothing but an input.
    package init(_ entry: DefinitionCatalog.Entry, input: JSONText) {
        self.entry = entry
        self.input = input
    }

    /// The digest of what makes the request; the same ID or key with another digest is another request. 32 hexadecimal digits of SHA-256.
    package var fingerprint: String {
        var hash = SHA256()
        var parts = [entry.definition.type.text, input.text, metadata?.text ?? "", notBefore.map { String($0.count) } ?? ""]
        if let callback { parts += ["callback", callback.url.text] + callback.events.map(\.rawValue) }
        if !resources.isEmpty { parts += ["resources", JSONText.array(resources.map { .string($0) }).text] }
        for part in parts {
            // The length in front keeps two parts from running into one another.
            hash.update(text: String(part.utf8.count))
            hash.update(text: ":")
            hash.update(text: part)
        }
        return hash.finalize().withUnsafeBytes { Hexadecimal.text($0, first: 16) }
    }
}

extension SHA256 {
    /// Takes the bytes of `text` where they are.
    package mutating func update(text: String) {
        var text = text
        text.withUTF8 { update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
}

extension Submission {
    /// `request` as the store is to accept it under `id`; `inline`: whether this process is about to run its sync steps itself.
    init(
        of request: SubmissionRequest,
        as id: OperationID,
        fingerprint: String,
        by decisions: Decisions,
        inline: Bool,
        recovery: Milliseconds
    ) {
        self.init(
            id: id,
            tenant: request.tenant,
            definition: request.entry.definition,
            version: request.entry.version,
            input: request.input,
            fingerprint: fingerprint,
            transition: decisions.submit(id, inline: inline, recovery: recovery, notBefore: request.notBefore)
        )
        metadata = request.metadata
        resources = request.resources
        notBefore = request.notBefore
        traceparent = request.traceparent
        idempotencyKey = request.idempotencyKey
        callback = request.callback
        durability = request.durability
    }
}
