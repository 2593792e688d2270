import Stepstream
import Synchronization

/// The definitions this process has stored, and when.
final class KnownDefinitions: Sendable {
    private let stored = Mutex([DefinitionVersion: ContinuousClock.Instant]())

    /// Whether a definition has been stored recently enough that its time to live is still nearly whole.
    func contains(_ version: DefinitionVersion) -> Bool {
        stored.withLock { stored in stored[version].map { $0.duration(to: .now) < .seconds(3600) } ?? false }
    }

    func insert(_ version: DefinitionVersion) {
        stored.withLock { $0[version] = .now }
    }

    func remove(_ version: DefinitionVersion) {
        _ = stored.withLock { $0.removeValue(forKey: version) }
    }
}
