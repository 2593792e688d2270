import Stepstream

/// The fields of an operation's hash that one transition writes and no other of its template: payloads, mostly. Their names are part of the
/// template, their values what an operation brings. Nothing is kept here: what it is about has many parts to copy.
enum VaryingFields {
    static func encodeNames(
        of transition: Transition,
        operation: Operation,
        for purpose: TemplatePattern.Purpose,
        into arguments: inout ScriptArguments
    ) {
        var names: [String] = []
        forEach(of: transition, operation: operation, for: purpose) { name, _ in names.append(name()) }
        arguments.append(TransitionCall.Template.varying, value: names)
    }

    static func encodeValues(
        of transition: Transition,
        operation: Operation,
        for purpose: TemplatePattern.Purpose,
        into arguments: inout ScriptArguments
    ) {
        forEach(of: transition, operation: operation, for: purpose) { _, value in
            arguments.append(TransitionCall.Varying.value, value: value)
        }
    }

    /// In the same order each time, the fingerprint of a new operation first. Names are made when they are asked for: mostly nobody asks.
    private static func forEach(
        of transition: Transition,
        operation: Operation,
        for purpose: TemplatePattern.Purpose,
        body: (_ name: () -> String, _ value: String) -> Void
    ) {
        if case .submission(_, let idempotencyKey) = purpose { forEachCreated(of: operation, idempotencyKey: idempotencyKey, body: body) }
        if let error = transition.error { body({ Fields.error }, error.text) }
        for change in transition.changes {
            if let result = change.result { body({ Fields.record(change.work, field: .result) }, result.text) }
            if case .some(.some(let error)) = change.error { body({ Fields.record(change.work, field: .error) }, error.text) }
        }
    }

    private static func forEachCreated(
        of operation: Operation,
        idempotencyKey: String?,
        body: (_ name: () -> String, _ value: String) -> Void
    ) {
        body({ Fields.fingerprint }, operation.fingerprint)
        body({ Fields.input }, operation.input.text)
        if let callback = operation.callback { body({ Fields.callback }, CallbackText.encode(callback)) }
        if let metadata = operation.metadata { body({ Fields.metadata }, metadata.text) }
        if !operation.resources.isEmpty {
            body({ Fields.resources }, JSONText.array(operation.resources.map { .string($0) }).text)
        }
        if let notBefore = operation.notBefore { body({ Fields.notBefore }, String(notBefore.count)) }
        if let traceparent = operation.traceparent { body({ Fields.traceparent }, traceparent) }
        if let idempotencyKey { body({ Fields.idempotency }, RedisStore.digest(of: idempotencyKey)) }
    }
}
