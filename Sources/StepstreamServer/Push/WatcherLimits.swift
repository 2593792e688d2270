import Synchronization

/// How many connections are held open for watchers, in all and for each address.
final class WatcherLimits: Sendable {
    private struct State {
        var total = 0
        var addresses: [String: Int] = [:]
    }

    /// One place; taken as long as somebody holds it, because an answer may break off before its body is asked for.
    final class Place: Sendable {
        private let address: String
        private let limits: WatcherLimits

        fileprivate init(_ address: String, of limits: WatcherLimits) {
            self.address = address
            self.limits = limits
        }

        deinit { limits.giveBack(address) }
    }

    private let total: Int
    private let each: Int
    private let state = Mutex(State())

    init(total: Int, each: Int) {
        self.total = total
        self.each = each
    }

    /// How many places are taken.
    var taken: Int { state.withLock { $0.total } }

    /// Takes a place for a watcher from `address`.
    ///
    /// - Throws: 503 when the server holds as many as it may, 429 when that address does.
    func take(for address: String) throws(RequestProblem) -> Place {
        let problem: RequestProblem? = state.withLock { state in
            if state.total >= total { return RequestProblem(.unavailable, "This server holds as many watchers as it may.") }
            if state.addresses[address, default: 0] >= each {
                return RequestProblem(.tooMany, "\(each) watchers may be open from one address.")
            }
            state.total += 1
            state.addresses[address, default: 0] += 1
            return nil
        }
        if let problem { throw problem }
        return Place(address, of: self)
    }

    private func giveBack(_ address: String) {
        state.withLock { state in
            state.total -= 1
            let left = state.addresses[address, default: 1] - 1
            state.addresses[address] = left > 0 ? left : nil
        }
    }
}
