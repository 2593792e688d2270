public import Stepstream

/// Submits operations and waits for what becomes of them: for tests of one's own definitions and handlers, without HTTP.
///
///     let bench = OperationBench(store, catalog: catalog)
///     let ended = try await bench.end(of: bench.submit("order", input: input))
public struct OperationBench: Sendable {
    /// Why a submission is no use to a test.
    public enum Refusal: Error, Sendable, Hashable {
        /// The catalog has no definition of this type.
        case unknownType(Name)
        /// The input is not JSON; in words.
        case malformedInput(String)
        /// What the input breaks of the definition's schema.
        case invalidInput([JSONSchema.Violation])
        /// There is an operation of this ID already.
        case takenID(OperationID)
        /// The store has no such operation, or it has expired.
        case unknownOperation(OperationID)
    }

    private let store: StoreRoles
    private let catalog: DefinitionCatalog

    /// A bench on `store`, which must run while it is used, for operations of `catalog`.
    public init(_ store: any OperationStore, catalog: DefinitionCatalog) {
        self.store = store.roles
        self.catalog = catalog
    }

    /// Accepts an operation; workers run its steps, sync ones too.
    ///
    /// - Parameters:
    ///   - type: which definition.
    ///   - input: its input, held to the schema as the API holds it.
    ///   - id: the ID; a new one unless given.
    /// - Returns: the ID.
    /// - Throws: a `Refusal`, or a `StoreError`.
    public func submit(_ type: Name, input: JSONText = .emptyObject, as id: OperationID? = nil) async throws -> OperationID {
        guard let entry = catalog[type] else { throw Refusal.unknownType(type) }
        try check(input, by: entry.schema)
        var generator = SystemRandomNumberGenerator()
        let id = id ?? OperationID.timeOrdered(milliseconds: 0, using: &generator)
        let submission = Submission(
            id: id,
            definition: entry.definition,
            version: entry.version,
            input: input,
            fingerprint: input.text,
            transition: Decisions(entry.definition, version: entry.version).submit(id, inline: false, recovery: Step.defaultTimeout)
        )
        switch try await store.submissions.submit(submission) {
        case .accepted, .exists: return id
        case .conflict: throw Refusal.takenID(id)
        }
    }

    /// The operation, with its history, as soon as it meets `condition`. There is no time limit here: give the test one.
    ///
    /// - Throws: a `Refusal`, a `StoreError`, or `CancellationError`.
    public func operation(_ id: OperationID, once condition: (Operation) -> Bool) async throws -> Operation {
        for await _ in store.changes.notices(of: id) {
            guard let operation = try await store.operations.read(id, withEvents: true) else { throw Refusal.unknownOperation(id) }
            if condition(operation) { return operation }
        }
        throw CancellationError()
    }

    /// The operation once it has ended, or needs a person. There is no time limit here: give the test one.
    ///
    /// - Throws: as `operation(_:once:)`.
    public func end(of id: OperationID) async throws -> Operation {
        try await operation(id) { $0.status.isEnded || $0.phase == .undoFailed }
    }

    private func check(_ input: JSONText, by schema: JSONSchema?) throws(Refusal) {
        let node: JSONNode
        do {
            node = try JSONNode.parse(input.text)
        } catch {
            throw .malformedInput(error.words)
        }
        let violations = schema?.validate(node) ?? []
        if !violations.isEmpty { throw .invalidInput(violations) }
    }
}
