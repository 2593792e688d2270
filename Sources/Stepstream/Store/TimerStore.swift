/// Messages that wait for their time, and deadlines.
package protocol TimerStore: Sendable {
    /// Publishes the messages of timers that are due; answers when the next one is, and which operations have passed their deadlines.
    func promoteDueTimers(limit: Int) async throws(StoreError) -> PromoteAnswer
}
