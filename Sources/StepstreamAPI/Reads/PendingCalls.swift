import Stepstream
import Synchronization

/// The calls of requests that are on their way to the store, so that none of them waits any longer once the store is known to be away.
final class PendingCalls: Sendable {
    private struct State {
        var calls: [(any PendingCall)?] = []
        /// The places of `calls` that are free.
        var free: [Int] = []
    }

    private let state = Mutex(State())

    /// Notes a call; answers the place to `remove` it from.
    func add(_ call: any PendingCall) -> Int {
        state.withLock { state in
            if let place = state.free.popLast() {
                state.calls[place] = call
                return place
            }
            state.calls.append(call)
            return state.calls.count - 1
        }
    }

    /// Forgets a call that has ended.
    func remove(at place: Int) {
        state.withLock { state in
            state.calls[place] = nil
            state.free.append(place)
        }
    }

    /// Ends all waits.
    func giveUp() {
        for call in state.withLock({ $0.calls }) { call?.fail(.givenUp) }
    }
}

/// A call that somebody waits for.
protocol PendingCall: AnyObject, Sendable {
    /// Ends the wait, unless it has ended. The call itself goes on, and ends by the time limit of its command.
    func fail(_ error: StoreError)
}

/// The one wait for the outcome of a call, which is given once or more: the first one counts.
final class PendingOutcome<Answer: Sendable>: PendingCall {
    typealias Outcome = Result<Answer, StoreError>

    private enum State {
        case open
        case awaited(UnsafeContinuation<Outcome, Never>)
        case given(Outcome)
        case over
    }

    private let state = Mutex(State.open)

    func give(_ outcome: Outcome) {
        let waiting = state.withLock { state -> UnsafeContinuation<Outcome, Never>? in
            switch state {
            case .open:
                state = .given(outcome)
                return nil
            case .awaited(let continuation):
                state = .over
                return continuation
            case .given, .over: return nil
            }
        }
        waiting?.resume(returning: outcome)
    }

    func fail(_ error: StoreError) {
        give(.failure(error))
    }

    /// The outcome; may be asked for once.
    func outcome() async -> Outcome {
        await withUnsafeContinuation { continuation in
            let given = state.withLock { state -> Outcome? in
                guard case .given(let outcome) = state else {
                    state = .awaited(continuation)
                    return nil
                }
                state = .over
                return outcome
            }
            if let given { continuation.resume(returning: given) }
        }
    }
}
