import Stepstream
import Synchronization

/// The definitions this process has stored, and when.
final class KnownDefinitions: Sendable {
    private struct State {
        var stored: [DefinitionVersion: ContinuousClock.Instant] = [:]
        /// What was asked for last: those of one definition mostly follow each other, and comparing is cheaper than hashing.
        var last: (version: DefinitionVersion, time: ContinuousClock.Instant)?
    }

    private let state = Mutex(State())

    /// Whether a definition has been stored recently enough that its time to live is still nearly whole.
    func contains(_ version: DefinitionVersion) -> Bool {
        state.withLock { state in
            if state.last?.version != version { state.last = state.stored[version].map { (version, $0) } }
            return state.last.map { $0.time.duration(to: .now) < .seconds(3600) } ?? false
        }
    }

    func insert(_ version: DefinitionVersion) {
        state.withLock { state in
            state.stored[version] = .now
            state.last = nil
        }
    }

    func remove(_ version: DefinitionVersion) {
        state.withLock { state in
            state.stored[version] = nil
            state.last = nil
        }
    }
}
