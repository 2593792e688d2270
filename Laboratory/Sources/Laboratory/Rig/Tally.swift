import Synchronization

/// What stands where, for the line of progress, for the watcher and for the end of a run. The verdict does not come from here.
final class Tally: Sendable {
    private struct State {
        var accepted: [String] = []
        var open: Set<String> = []
        var refused: [String] = []
        var faults = 0
        var deaths = 0
    }

    private let state = Mutex(State())

    var open: Set<String> { state.withLock(\.open) }
    var accepted: [String] { state.withLock(\.accepted) }
    var refused: [String] { state.withLock(\.refused) }
    var faults: Int { state.withLock(\.faults) }

    /// How many workers died that nobody had killed.
    var deaths: Int { state.withLock(\.deaths) }

    func death() { state.withLock { $0.deaths += 1 } }

    func accept(_ operation: String) {
        state.withLock { state in
            state.accepted.append(operation)
            state.open.insert(operation)
        }
    }

    func refuse(_ operation: String) { state.withLock { $0.refused.append(operation) } }
    func end(_ operation: String) { state.withLock { _ = $0.open.remove(operation) } }
    func fault() { state.withLock { $0.faults += 1 } }
}
