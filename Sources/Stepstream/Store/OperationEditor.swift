/// Changes operations otherwise than by an attempt: what people ask for, and deadlines.
package protocol OperationEditor: Sendable {
    /// Applies a transition that no attempt makes if `operation` still has the version that was decided upon.
    func apply(_ transition: Transition, to operation: Operation) async throws(StoreError) -> CommitAnswer
}
