import Hummingbird
import Stepstream

/// Makes the documents of operations: finds the definition each was accepted with.
struct Documents: Sendable {
    let catalog: DefinitionCatalog
    let definitions: DefinitionCache
    let address: PublicAddress

    /// The document of `operation` in the answer to `request`.
    func document(_ operation: Operation, for request: Request) async throws(StoreError) -> OperationDocument {
        OperationDocument(operation: operation, definition: try await definition(of: operation), base: address.base(for: request))
    }

    private func definition(of operation: Operation) async throws(StoreError) -> Definition? {
        if let entry = catalog[operation.type], entry.version == operation.definition { return entry.definition }
        return try await definitions.decisions(operation.definition)?.definition
    }
}
