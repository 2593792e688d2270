import RedisClient
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamStore

/// Repeats `body` while Redis is away or another server takes over.
func insistently<Result>(_ body: () async throws -> Result) async throws -> Result {
    while true {
        do {
            return try await body()
        } catch let error as RedisError where error.errorClass == .notApplied || error.errorClass == .indeterminate {
            await Task.yield()
        } catch let error as StoreError where error.isTransient {
            await Task.yield()
        }
    }
}

extension TestStore {
    /// The ID of an operation that was accepted in the end.
    func submitInsistently() async throws -> OperationID {
        let id = OperationID.random()
        let submission = submission(.chain("work"), id: id)
        _ = try await insistently { try await store.submit(submission) }
        return id
    }

    /// Those of `accepted` that the primary does not know.
    func lost(_ accepted: [OperationID]) async throws -> [OperationID] {
        var lost: [OperationID] = []
        for id in accepted {
            let operation = try await insistently { try await store.read(id, withEvents: false) }
            if operation == nil { lost.append(id) }
        }
        return lost
    }

    /// Waits until both replicas have all that was written so far.
    func replicate() async throws {
        let replies = try await client.send([RedisCommand("SET", "mark", "1"), RedisCommand("WAIT", "2", "4000")])
        try #require(replies[1].integer == 2)
    }

    /// Waits for a connection made after `before`.
    func reconnected(after before: ContinuousClock.Instant) async throws {
        try await client.waitUntil { state in
            if case .connected(let since) = state { since != before } else { false }
        }
    }
}
