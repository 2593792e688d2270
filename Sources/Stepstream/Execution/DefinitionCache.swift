import Synchronization

/// The definitions that operations were accepted with, read from the store once each.
package final class DefinitionCache: Sendable {
    private let store: any OperationReader
    private let known = Mutex([DefinitionVersion: Decisions]())

    /// An empty cache over `store`.
    package init(store: any OperationReader) {
        self.store = store
    }

    /// The decisions of `version`; nil if the store does not know it.
    package func decisions(_ version: DefinitionVersion) async throws(StoreError) -> Decisions? {
        if let decisions = known.withLock({ $0[version] }) { return decisions }
        guard let definition = try await store.definition(version) else { return nil }
        let decisions = Decisions(definition, version: version)
        known.withLock { $0[version] = decisions }
        return decisions
    }
}
