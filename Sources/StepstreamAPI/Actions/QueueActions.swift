package import Stepstream

/// What people do about queues, by whatever way they ask for it.
package struct QueueActions: Sendable {
    package let store: StoreRoles
    package let health: SharedHealth

    /// The queues. Which of them are paused is read anew: what was just asked for must be seen, however old the state of health is.
    package func states() async throws -> [StoreHealth.QueueState] {
        let health = await health.current()
        guard health.counts != nil else { throw RequestProblem(.unavailable, "The store is not answering.") }
        let paused = try await store.queues.pausedQueues()
        return health.queues.map { state in
            var state = state
            state.isPaused = paused.contains(state.queue)
            return state
        }
    }

    /// The queue called `text`, as it is.
    ///
    /// - Throws: 404 unless a definition or a worker has used it.
    package func state(_ text: String?) async throws -> StoreHealth.QueueState {
        guard let state = try await states().first(where: { $0.queue.text == text }) else {
            throw RequestProblem(.notFound, "No definition or worker uses a queue with this name.")
        }
        return state
    }

    /// Pauses the queue or has it go on; answers it as it then is.
    package func pause(_ text: String?, isPaused: Bool) async throws -> StoreHealth.QueueState {
        var state = try await state(text)
        _ = isPaused ? try await store.queues.pause(state.queue) : try await store.queues.resume(state.queue)
        state.isPaused = isPaused
        return state
    }
}
