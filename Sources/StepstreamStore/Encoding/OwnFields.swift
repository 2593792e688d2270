import RedisClient
import Stepstream

/// The fields of an operation's hash that one transition writes and no other of its shape: payloads, mostly. Their names are part of the
/// shape, their values what an operation brings. Nothing is kept here: what it is about has many parts to copy.
enum OwnFields {
    static func encodeNames(
        of transition: Transition,
        _ operation: Operation,
        for purpose: ShapePattern.Purpose,
        into arguments: inout RedisArguments
    ) {
        var names: [String] = []
        forEach(of: transition, operation, for: purpose) { name, _ in names.append(name()) }
        arguments.append(names.count)
        for name in names { arguments.append(name) }
    }

    static func encodeValues(
        of transition: Transition,
        _ operation: Operation,
        for purpose: ShapePattern.Purpose,
        into arguments: inout RedisArguments
    ) {
        forEach(of: transition, operation, for: purpose) { _, value in arguments.append(value) }
    }

    /// In the same order each time, the fingerprint of a new operation first. Names are made when they are asked for: mostly nobody asks.
    private static func forEach(
        of transition: Transition,
        _ operation: Operation,
        for purpose: ShapePattern.Purpose,
        _ body: (_ name: () -> String, _ value: String) -> Void
    ) {
        if case .submission(_, let idempotencyKey) = purpose { forEachCreated(operation, idempotencyKey, body) }
        if let error = transition.error { body({ Fields.error }, error.text) }
        for change in transition.changes {
            if let result = change.result { body({ Fields.record(change.work, .result) }, result.text) }
            if case .some(.some(let error)) = change.error { body({ Fields.record(change.work, .error) }, error.text) }
        }
    }

    private static func forEachCreated(
        _ operation: Operation,
        _ idempotencyKey: String?,
        _ body: (_ name: () -> String, _ value: String) -> Void
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
