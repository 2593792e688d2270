/// Deletes operations.
package protocol OperationDeleter: Sendable {
    /// Deletes an operation that has ended.
    func delete(_ id: OperationID) async throws(StoreError) -> DeleteAnswer
}
