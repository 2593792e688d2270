import Synchronization

/// The places in which attempts run; a hard limit.
///
/// Two loops take places. Recovered work goes first when both wait: it is the older one, and there is an end to it, while a backlog of
/// fresh work would keep it out for ever. For one waiting task of each kind.
final class Slots: Sendable {
    enum Kind: Sendable {
        case fresh, recovered
    }

    private struct State {
        var free: Int
        var isClosed = false
        var recoveredIsWanted = false
        var fresh: CheckedContinuation<Void, Never>?
        var recovered: CheckedContinuation<Void, Never>?

        func isAvailable(to kind: Kind) -> Bool {
            switch kind {
            case .fresh: isClosed || free > 0 && !recoveredIsWanted
            case .recovered: isClosed || free > 0
            }
        }

        /// Whom to wake, if anybody.
        mutating func nextWaiter() -> CheckedContinuation<Void, Never>? {
            if let waiter = recovered, isAvailable(to: .recovered) {
                recovered = nil
                return waiter
            }
            if let waiter = fresh, isAvailable(to: .fresh) {
                fresh = nil
                return waiter
            }
            return nil
        }
    }

    /// How many there are.
    let count: Int
    private let state: Mutex<State>

    init(_ count: Int) {
        precondition(count > 0, "a worker needs at least one slot")
        self.count = count
        state = Mutex(State(free: count))
    }

    /// How many are taken.
    var taken: Int { state.withLock { count - $0.free } }

    /// Whether there is a free one.
    var hasFree: Bool { state.withLock { !$0.isClosed && $0.free > 0 } }

    /// Whether both kinds of work wait for a place; tests look at it.
    var isWaitedFor: Bool { state.withLock { $0.fresh != nil && $0.recovered != nil } }

    /// Waits until there are free places, and answers how many without taking them; nil once closed.
    func someFree(for kind: Kind) async -> Int? {
        await obtain(kind) { $0.isClosed ? nil : $0.free }
    }

    /// Waits until there are free places, and takes up to `wanted` of them; 0 once closed.
    func take(upTo wanted: Int, for kind: Kind) async -> Int {
        await obtain(kind) { state in
            guard !state.isClosed else { return 0 }
            let taken = min(wanted, state.free)
            state.free -= taken
            return taken
        }
    }

    /// Gives places back.
    func release(_ count: Int) {
        guard count > 0 else { return }
        let waiter = state.withLock { state in
            state.free += count
            return state.nextWaiter()
        }
        waiter?.resume()
    }

    /// No more places are given out; those that are taken can be given back.
    func close() {
        let (fresh, recovered) = state.withLock { state in
            state.isClosed = true
            defer { (state.fresh, state.recovered) = (nil, nil) }
            return (state.fresh, state.recovered)
        }
        fresh?.resume()
        recovered?.resume()
    }

    private func obtain<Answer: Sendable>(_ kind: Kind, body: (inout State) -> Answer) async -> Answer {
        while true {
            let (answer, waiter) = state.withLock { state -> (Answer?, CheckedContinuation<Void, Never>?) in
                if kind == .recovered { state.recoveredIsWanted = true }
                guard state.isAvailable(to: kind) else { return (nil, nil) }
                if kind == .recovered { state.recoveredIsWanted = false }
                return (body(&state), state.nextWaiter())
            }
            waiter?.resume()
            if let answer { return answer }
            await wait(kind)
        }
    }

    private func wait(_ kind: Kind) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard !state.isAvailable(to: kind) else { return true }
                switch kind {
                case .fresh: state.fresh = continuation
                case .recovered: state.recovered = continuation
                }
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
