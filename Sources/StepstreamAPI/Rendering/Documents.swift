package import Hummingbird
package import Stepstream

/// Makes the documents of operations: finds the definition each was accepted with.
package struct Documents: Sendable {
    package let catalog: DefinitionCatalog
    package let definitions: DefinitionCache
    package let address: PublicAddress
    package let estimates: RetryEstimates

    /// The document of `operation` in the answer to `request`.
    package func document(_ operation: Operation, for request: Request) async throws(StoreError) -> OperationDocument {
        document(operation, definition: try await definition(of: operation), base: address.base(for: request))
    }

    /// The same where the definition is mostly that of `entry`, and what absolute URLs begin with is known.
    func document(
        _ operation: Operation,
        entry: DefinitionCatalog.Entry,
        base: String
    ) async throws(StoreError) -> OperationDocument {
        if operation.definition == entry.version { return document(operation, definition: entry.definition, base: base) }
        return document(operation, definition: try await definition(of: operation), base: base)
    }

    private func document(_ operation: Operation, definition: Definition?, base: String) -> OperationDocument {
        OperationDocument(
            operation: operation,
            definition: definition,
            base: base,
            retryAfter: estimates.seconds(of: operation, definition: definition)
        )
    }

    /// The definition that `operation` was accepted with; nil if the store has it no longer.
    package func definition(of operation: Operation) async throws(StoreError) -> Definition? {
        if let entry = catalog[operation.type], entry.version == operation.definition { return entry.definition }
        return try await definitions.decisions(operation.definition)?.definition
    }
}
