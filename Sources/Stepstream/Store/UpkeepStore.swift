/// What has to be done from time to time, by any worker.
package protocol UpkeepStore: Sendable {
    /// Removes index entries of operations that have expired and consumers that are long gone and hold nothing.
    func tidy(limit: Int) async throws(StoreError) -> TidyAnswer
    /// Gives `consumer` the turn at a duty that one worker at a time is enough for, or leaves it with whoever has it. Answers whether it is
    /// this consumer's turn, for `duration` from now on.
    func takeTurn(at duty: Name, as consumer: String, for duration: Milliseconds) async throws(StoreError) -> Bool
    /// Looks at about `limit` live operations from `cursor` on, and publishes again what has lost its message, timer and lease. Harmless
    /// however often and by however many it is done. A lease is left alone for `grace` past its end; without one, none is taken for lost.
    func reconcile(from cursor: ReconcileCursor, limit: Int, grace: Milliseconds?) async throws(StoreError) -> ReconcileAnswer
}
