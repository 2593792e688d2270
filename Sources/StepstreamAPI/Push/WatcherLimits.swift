package import Stepstream
import Synchronization

/// How many connections are held open for watchers: in all, for each caller and for each address.
package final class WatcherLimits: Sendable {
    private struct State {
        package var total = 0
        package var callers: [Name: Int] = [:]
        package var addresses: [String: Int] = [:]
    }

    /// One place; taken as long as somebody holds it, because an answer may break off before its body is asked for.
    package final class Place: Sendable {
        private let caller: Name
        private let address: String
        private let limits: WatcherLimits

        fileprivate init(_ caller: Name, address: String, of limits: WatcherLimits) {
            self.caller = caller
            self.address = address
            self.limits = limits
        }

        deinit { limits.giveBack(caller, address: address) }
    }

    private let total: Int
    private let eachCaller: Int
    private let eachAddress: Int
    private let state = Mutex(State())

    package init(total: Int, eachCaller: Int, eachAddress: Int) {
        self.total = total
        self.eachCaller = eachCaller
        self.eachAddress = eachAddress
    }

    /// How many places are taken.
    package var taken: Int { state.withLock { $0.total } }

    /// Takes a place for a watcher of `caller` from `address`.
    ///
    /// - Throws: 503 when the server holds as many as it may, 429 when that caller or address does.
    package func take(for caller: Name, from address: String) throws(RequestProblem) -> Place {
        let problem: RequestProblem? = state.withLock { state in
            if state.total >= total { return RequestProblem(.unavailable, "This server has reached its limit of watchers.") }
            if state.callers[caller, default: 0] >= eachCaller {
                return RequestProblem(.tooMany, "\(eachCaller) watchers of one caller may be open.")
            }
            if state.addresses[address, default: 0] >= eachAddress {
                return RequestProblem(.tooMany, "\(eachAddress) watchers may be open from one address.")
            }
            state.total += 1
            state.callers[caller, default: 0] += 1
            state.addresses[address, default: 0] += 1
            return nil
        }
        if let problem { throw problem }
        return Place(caller, address: address, of: self)
    }

    private func giveBack(_ caller: Name, address: String) {
        state.withLock { state in
            state.total -= 1
            let ofCaller = state.callers[caller, default: 1] - 1
            state.callers[caller] = ofCaller > 0 ? ofCaller : nil
            let fromAddress = state.addresses[address, default: 1] - 1
            state.addresses[address] = fromAddress > 0 ? fromAddress : nil
        }
    }
}
