import Logging
import Stepstream

/// Rolls back operations that have passed their deadline.
struct DeadlineDuty: Sendable {
    let operations: any OperationReader
    let change: DecidedChange
    let logger: Logger

    /// What cannot be rolled back now comes again some seconds later.
    func rollBack(_ passed: [PassedDeadline]) async {
        for deadline in passed {
            do {
                try await rollBack(deadline)
            } catch {
                let metadata = Logger.Metadata.about(LogSubject(unread: deadline.id), and: [LogKey.error: "\(error)"])
                logger.warning("An operation that has passed its deadline could not be rolled back yet", metadata: metadata)
            }
        }
    }

    private func rollBack(_ deadline: PassedDeadline) async throws {
        guard let operation = try await operations.read(deadline.id, withEvents: false) else { return }
        switch try await change.apply(to: operation, decide: { $0.passDeadline($1) }) {
        case .applied(let operation):
            let metadata = Logger.Metadata.about(LogSubject(operation), and: [LogKey.type: "\(operation.type)"])
            logger.info("An operation has passed its deadline and is rolled back", metadata: metadata)
        case .unchanged, .absent: return
        case .contended: throw StoreError(.unavailable, "The operation changes faster than it can be rolled back.")
        }
    }
}
