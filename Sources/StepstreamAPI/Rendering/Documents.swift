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
        let definition = try await definition(of: operation)
        return OperationDocument(
            operation: operation,
            definition: definition,
            base: address.base(for: request),
            retryAfter: estimates.seconds(of: operation, definition: definition)
        )
    }

    /// The definition that `operation` was accepted with; nil where the store has forgotten it.
    package func definition(of operation: Operation) async throws(StoreError) -> Definition? {
        if let entry = catalog[operation.type], entry.version == operation.definition { return entry.definition }
        return try await definitions.decisions(operation.definition)?.definition
    }
}
