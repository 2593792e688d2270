/// Whether the store answers: a pure state machine, time comes in with the events.
///
/// A store that is away makes every call wait for the client's time limit. So as soon as it is known to be away, requests are refused
/// without trying, and one probe looks whether it is back.
struct Availability {
    /// What whoever looks is to do next.
    enum Next: Equatable {
        /// Ask the store something, and say what came of it.
        case probe
        /// Look again soon: calls are on their way.
        case lookAgain
        /// Nothing is on its way: wait until `begin` asks for a look.
        case rest
    }

    /// How a call ended.
    enum Ending: Equatable {
        /// With an answer, a refusal too.
        case answered
        /// Without one: nobody was reached.
        case unreachable
        /// It says nothing of the store.
        case other
    }

    /// How long calls may be on their way without a single answer.
    private let patience: Duration
    private(set) var isAway = false
    private var outstanding = 0
    private var lastAnswer = Duration.zero
    private var isWatched = false

    init(patience: Duration) {
        self.patience = patience
    }

    /// A call wants to be made.
    ///
    /// - Parameter time: now; looked at when it is the first one on its way.
    /// - Returns: whether it may, and whether somebody must begin to look.
    mutating func begin(at time: @autoclosure () -> Duration) -> (isAdmitted: Bool, wakes: Bool) {
        guard !isAway else { return (false, false) }
        if outstanding == 0 { lastAnswer = time() }
        outstanding += 1
        defer { isWatched = true }
        return (true, !isWatched)
    }

    /// A call that was admitted has ended.
    mutating func end(_ ending: Ending, at time: Duration) {
        outstanding -= 1
        note(ending, at: time)
    }

    /// The probe has ended.
    mutating func probed(_ ending: Ending, at time: Duration) {
        note(ending, at: time)
    }

    /// Somebody looks.
    mutating func look(at time: Duration) -> Next {
        if outstanding > 0, time - lastAnswer >= patience { isAway = true }
        if isAway { return .probe }
        isWatched = outstanding > 0
        return isWatched ? .lookAgain : .rest
    }

    private mutating func note(_ ending: Ending, at time: Duration) {
        switch ending {
        case .answered:
            lastAnswer = time
            isAway = false
        case .unreachable: isAway = true
        case .other: break
        }
    }
}
