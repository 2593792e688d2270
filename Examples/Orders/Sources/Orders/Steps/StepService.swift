package import GRDB

/// What an endpoint made of a call.
package enum Verdict: Sendable {
    /// Done, or refused for good: the answer is stored and replayed to every later call with the same key.
    case final(Answer)
    /// Nothing was done that a later call could not do again: the answer is forgotten.
    case passing(Answer)
}

/// One of the small services that a `place-order` step calls: a forward effect, its undo, and the tables they write.
///
/// Both run inside the one transaction that also stores the answer; neither is called twice for the same key.
package protocol StepService: Sendable {
    var name: ServiceName { get }
    /// The path of the forward call, with its slash.
    var forwardPath: String { get }
    var undoPath: String { get }

    /// Registers the tables, and fills what must be there from the start.
    func migrate(_ migrator: inout DatabaseMigrator)
    func perform(_ call: StepCall, in db: Database) throws -> Verdict
    /// Takes back what the call with `key` did, if it did anything.
    func undo(_ call: StepCall, of key: IdempotencyKey, in db: Database) throws -> Answer
}

/// The three services of the example.
package enum ServiceName: String, Sendable, Hashable, CaseIterable {
    case inventory
    case payments
    case shipping
}
