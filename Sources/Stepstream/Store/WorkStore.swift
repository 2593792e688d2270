/// Work on its way from its message to its commit.
package protocol WorkStore: Sendable {
    /// Begins work: epoch + 1, `running`, undo intent; answers for each message what became of it, in order.
    func begin(_ messages: [DeliveredMessage], with begin: BeginOptions) async throws(StoreError) -> [BeginAnswer]
    /// Extends leases; answers for each whether it is still held, in order.
    func renew(_ leases: [Lease], by duration: Milliseconds) async throws(StoreError) -> [RenewAnswer]
    /// Applies what an attempt led to, if its epoch and the version of `operation`, the state that was decided upon, still hold.
    func commit(_ lease: Lease, of operation: Operation, applying transition: Transition) async throws(StoreError) -> CommitAnswer
    /// Sets a message aside that nobody has begun and this process cannot run; no attempt is spent.
    func snooze(_ messages: [DeliveredMessage], after delay: Milliseconds, because problem: Problem) async throws(StoreError)
    /// Messages of `queue` that were claimed and whose lease may have run out, from `cursor` on.
    func reclaim(_ queue: Name, consumer: String, idle: Milliseconds, cursor: ReclaimCursor) async throws(StoreError) -> ReclaimPage
}
