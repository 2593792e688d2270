import Synchronization

/// How many tries run, in all and to each receiver: so one that does not answer holds up only its own share.
final class DeliverySlots: Sendable {
    private struct State {
        var total = 0
        var each: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let total: Int
    private let each: Int

    init(total: Int, each: Int) {
        self.total = total
        self.each = each
    }

    /// Takes what is free for `receiver`, and says how many that are.
    func take(for receiver: String) -> Int {
        state.withLock { state in
            let free = max(0, min(total - state.total, each - state.each[receiver, default: 0]))
            if free > 0 {
                state.total += free
                state.each[receiver, default: 0] += free
            }
            return free
        }
    }

    func giveBack(_ count: Int, of receiver: String) {
        state.withLock { state in
            state.total -= count
            let left = state.each[receiver, default: 0] - count
            state.each[receiver] = left > 0 ? left : nil
        }
    }
}
