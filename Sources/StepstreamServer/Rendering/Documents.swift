import Hummingbird
import Stepstream

/// Makes the documents of operations: finds the definition each was accepted with.
struct Documents: Sendable {
    let catalog: DefinitionCatalog
    let definitions: DefinitionCache
    let address: PublicAddress
    let estimates: RetryEstimates

    /// The document of `operation` in the answer to `request`.
    func document(_ operation: Operation, for request: Request) async throws(StoreError) -> OperationDocument {
        document(operation, try await definition(of: operation), base: address.base(for: request))
    }

    /// The same where the definition is mostly that of `entry`, and what absolute URLs begin with is known.
    func document(
        _ operation: Operation,
        _ entry: DefinitionCatalog.Entry,
        base: String
    ) async throws(StoreError) -> OperationDocument {
        if operation.definition == entry.version { return document(operation, entry.definition, base: base) }
        return document(operation, try await definition(of: operation), base: base)
    }

    private func document(_ operation: Operation, _ definition: Definition?, base: String) -> OperationDocument {
        OperationDocument(
            operation: operation,
            definition: definition,
            base: base,
            retryAfter: estimates.seconds(of: operation, definition)
        )
    }

    /// The definition that `operation` was accepted with; nil where the store has forgotten it.
    func definition(of operation: Operation) async throws(StoreError) -> Definition? {
        if let entry = catalog[operation.type], entry.version == operation.definition { return entry.definition }
        return try await definitions.decisions(operation.definition)?.definition
    }
}
