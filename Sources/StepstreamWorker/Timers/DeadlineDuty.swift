import Logging
import Stepstream

/// Takes operations back whose total time is over.
struct DeadlineDuty: Sendable {
    let store: any OperationStore
    let definitions: DefinitionCache
    let logger: Logger

    /// How often a decision is made anew because the operation changed meanwhile.
    private static let tries = 20

    /// What cannot be taken back now is told again some seconds later.
    func takeBack(_ operations: [PassedDeadline]) async {
        for operation in operations {
            do throws(StoreError) {
                try await takeBack(operation)
            } catch {
                let metadata = Logger.Metadata.about(LogSubject(unread: operation.id), and: [LogKey.error: "\(error)"])
                logger.warning("An operation whose time is over could not be taken back yet", metadata: metadata)
            }
        }
    }

    private func takeBack(_ overdue: PassedDeadline) async throws(StoreError) {
        guard let decisions = try await definitions.decisions(overdue.definition) else {
            throw StoreError(.corrupt, "The definition \(overdue.definition) is not stored.")
        }
        guard var operation = try await store.read(overdue.id, withEvents: false) else { return }
        for _ in 0..<Self.tries {
            guard let transition = decisions.passDeadline(operation) else { return }
            Failpoint.reach(.beforeTakeBack)
            switch try await store.apply(operation, with: transition) {
            case .applied:
                Failpoint.reach(.afterTakeBack)
                let metadata = Logger.Metadata.about(LogSubject(operation), and: [LogKey.type: "\(operation.type)"])
                return logger.info("The total time of an operation is over; it is taken back", metadata: metadata)
            case .changed(let current): operation = current
            case .lost: return
            }
        }
        throw StoreError(.unavailable, "The operation changes faster than it can be taken back.")
    }
}
