/// Reads operations and what belongs to them.
package protocol OperationReader: Sendable {
    /// The operation as it is now, with its history if asked for; nil if there is none of that ID.
    func read(_ id: OperationID, withEvents: Bool) async throws(StoreError) -> Operation?
    /// Several operations at once, in the order asked for; nil where there is none.
    func read(_ ids: [OperationID]) async throws(StoreError) -> [Operation?]
    /// Operations, newest first, a page at a time.
    func list(_ query: ListQuery) async throws(StoreError) -> ListPage
    /// What is pending on a resource of `tenant` and what ended on it last.
    func resource(_ key: String, of tenant: Name) async throws(StoreError) -> ResourceState
    /// When the timers of an operation are due: those of `messages`, all of that operation, and its deadline.
    func timers(of id: OperationID, definition: DefinitionVersion, for messages: [Message]) async throws(StoreError) -> OperationTimers
    /// The definition that operations were accepted with under `version`; nil if the store does not know it.
    func definition(_ version: DefinitionVersion) async throws(StoreError) -> Definition?
}
