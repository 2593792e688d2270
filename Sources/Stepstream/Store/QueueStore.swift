/// What is in queues, and which of them are paused.
package protocol QueueStore: Sendable {
    /// What is in `queue`: up to `limit` messages that are claimed, and as many that wait, oldest first.
    func contents(of queue: Name, limit: Int) async throws(StoreError) -> QueueContents
    /// Has workers take nothing more from `queue`; what they have claimed already is done. Answers whether that is new.
    func pause(_ queue: Name) async throws(StoreError) -> Bool
    /// Has workers take from `queue` again. Answers whether that is new.
    func resume(_ queue: Name) async throws(StoreError) -> Bool
    /// The queues that nothing is taken from.
    func pausedQueues() async throws(StoreError) -> Set<Name>
}
