import Logging
import Stepstream

/// Turns notices into lines for one watcher, reading the record where a notice does not say what is new.
struct HistoryReader: Sendable {
    let reads: CoalescedReads
    let logger: Logger

    /// When to ask again, after `lines` could not be read.
    static let pause = Duration.milliseconds(500)

    /// What `notice` leads to; nil when the store is away: `.resynchronize` is then to be asked again after `pause`. It does not wait itself, so
    /// that a watcher who has gone, and a server that ends, are heard meanwhile.
    ///
    /// - Throws: what waiting does not help against.
    func lines(
        _ notice: ChangeNotice,
        of id: OperationID,
        advancing cursor: inout HistoryCursor
    ) async throws(StoreError) -> [HistoryCursor.Line]? {
        switch cursor.noticed(notice) {
        case .nothing: return []
        case .send(let events): return events.map(HistoryCursor.Line.event)
        case .read:
            do {
                return cursor.read(try await reads.read(id))
            } catch {
                guard error.isTransient else { throw error }
                logger.debug(
                    "A watched operation cannot be read yet",
                    metadata: .about(LogSubject(unread: id), and: [LogKey.error: "\(error)"])
                )
                return nil
            }
        }
    }
}
