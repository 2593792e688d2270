import Stepstream

/// What people do about queues, by whatever way they ask for it.
struct QueueActions: Sendable {
    let store: RequestStore
    let health: HealthCache

    /// The queue called `text`, as it is.
    ///
    /// - Throws: 404 unless a definition or a worker has used it.
    func state(_ text: String?) async throws(RequestProblem) -> StoreHealth.QueueState {
        let health = await health.current()
        if let state = health.queues.first(where: { $0.queue.text == text }) { return state }
        guard health.counts != nil else { throw RequestProblem(.unavailable, "The store does not answer for now.") }
        throw RequestProblem(.notFound, "No definition and no worker has used a queue of this name.")
    }

    /// Pauses the queue or has it go on; answers it as it then is.
    func pause(_ text: String?, _ isPaused: Bool) async throws -> StoreHealth.QueueState {
        var state = try await state(text)
        _ = try await store.pause(state.queue, isPaused)
        state.isPaused = isPaused
        return state
    }
}
