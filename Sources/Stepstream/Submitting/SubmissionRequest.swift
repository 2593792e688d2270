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
    /// Made anew whenever it is asked for.
    package var fingerprint: String {
        var digest = RequestDigest()
        digest.add(entry.definition.type.text)
        digest.add(input.text)
        digest.add(metadata?.text ?? "")
        digest.add(notBefore.map { String($0.count) } ?? "")
        // Only where there are any: what was submitted before there were callbacks and resources keeps its digest.
        if let callback {
            digest.add("callback")
            digest.add(callback.url.text)
            for event in callback.events { digest.add(event.rawValue) }
        }
        if !resources.isEmpty {
            digest.add("resources")
            digest.add(JSONText.array(resources.map { .string($0) }).text)
        }
        return digest.finish()
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
            metadata: request.metadata,
            resources: request.resources,
            fingerprint: fingerprint,
            notBefore: request.notBefore,
            traceparent: request.traceparent,
            idempotencyKey: request.idempotencyKey,
            durability: request.durability,
            callback: request.callback,
            transition: decisions.submit(id, inline: inline, recovery: recovery, notBefore: request.notBefore)
        )
    }
}
