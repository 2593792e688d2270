import RedisClient
import Stepstream

/// The fields of an operation's hash that one transition writes and no other of its shape: payloads, mostly.
struct OwnFields {
    private let transition: Transition
    private var created: [(String, String)] = []

    /// - Parameters:
    ///   - transition: the transition.
    ///   - operation: a new operation, whose own fields are to be written too.
    ///   - idempotencyKey: the key that it was submitted with.
    init(_ transition: Transition, creationOf operation: Operation?, idempotencyKey: String?) {
        self.transition = transition
        if let operation { add(creationOf: operation, idempotencyKey: idempotencyKey) }
    }

    private mutating func add(creationOf operation: Operation, idempotencyKey: String?) {
        created = [(Fields.input, operation.input.text), (Fields.fingerprint, operation.fingerprint)]
        if let callback = operation.callback { created.append((Fields.callback, CallbackText.encode(callback))) }
        if let metadata = operation.metadata { created.append((Fields.metadata, metadata.text)) }
        if !operation.resources.isEmpty {
            created.append((Fields.resources, JSONText.array(operation.resources.map { .string($0) }).text))
        }
        if let notBefore = operation.notBefore { created.append((Fields.notBefore, String(notBefore.count))) }
        if let traceparent = operation.traceparent { created.append((Fields.traceparent, traceparent)) }
        if let idempotencyKey { created.append((Fields.idempotency, RedisStore.digest(of: idempotencyKey))) }
    }

    private var count: Int {
        var count = created.count
        if transition.error != nil { count += 1 }
        for change in transition.changes {
            if change.result != nil { count += 1 }
            if case .some(.some) = change.error { count += 1 }
        }
        return count
    }

    func encode(into arguments: inout RedisArguments) {
        arguments.append(count)
        if let error = transition.error {
            arguments.append(Fields.error)
            arguments.append(error.text)
        }
        for change in transition.changes {
            if let result = change.result { encode(result, as: .result, of: change.work, into: &arguments) }
            if case .some(.some(let error)) = change.error { encode(error, as: .error, of: change.work, into: &arguments) }
        }
        for (field, value) in created {
            arguments.append(field)
            arguments.append(value)
        }
    }

    private func encode(_ value: JSONText, as field: Fields.Record, of work: Work, into arguments: inout RedisArguments) {
        arguments.append(Fields.record(work) + ":", joinedTo: field.rawValue)
        arguments.append(value.text)
    }
}
