/// Draws spans of what happens to operations, and says what of the trace is handed on. Without one nothing is drawn, at no cost.
package protocol OperationTracer: Sendable {
    /// A submission begins; `submission` hands the trace on.
    func submission(_ submission: inout Submission) -> any OperationSpan
    /// An attempt begins; `operation` hands the trace on to its handler.
    func attempt(_ lease: Lease, of operation: inout Operation) -> any OperationSpan
    /// The try of a delivery begins; `claim` hands the trace on to the receiver.
    func delivery(_ claim: inout ClaimedDelivery) -> any OperationSpan
}

/// One span that is open. It is ended once.
package protocol OperationSpan: Sendable {
    /// It came to its end.
    func end()
    /// It failed.
    func fail(_ words: String)
    /// The attempt at `work` led to `transition`.
    func end(_ work: Work, leadingTo transition: Transition)
    /// The try of a delivery led to `outcome`.
    func end(_ outcome: DeliveryOutcome)
}
