import Logging
import Stepstream

/// Turns notices into lines for one watcher, reading the record where a notice does not say what is new.
struct HistoryTeller: Sendable {
    let reads: CoalescedReads
    let logger: Logger

    /// How long a read that failed waits for its repetition.
    private static let pause = Duration.milliseconds(500)

    /// What `notice` leads to. A store that is away is waited for.
    ///
    /// - Throws: what waiting does not help against, and `CancellationError`.
    func lines(_ notice: ChangeNotice, of id: OperationID, _ cursor: inout HistoryCursor) async throws -> [HistoryCursor.Line] {
        switch cursor.noticed(notice) {
        case .nothing: return []
        case .tell(let events): return events.map(HistoryCursor.Line.event)
        case .read:
            while true {
                do throws(StoreError) {
                    return cursor.read(try await reads.read(id))
                } catch {
                    guard error.isTransient else { throw error }
                    logger.debug("A watched operation could not be read yet", metadata: [LogKey.error: "\(error)"])
                }
                try await Task.sleep(for: Self.pause)
            }
        }
    }
}
