import Synchronization

/// The last that was seen of each operation.
final class SeenStatuses: Sendable {
    private let last = Mutex([String: String]())

    func isNew(_ words: String, of operation: String) -> Bool {
        last.withLock { $0.updateValue(words, forKey: operation) != words }
    }
}
