/// What the checker holds a run against, beyond what holds for every run.
public struct Expectations: Sendable {
    /// How long a lease holds, in microseconds.
    public var lease: Int64 = 1_000_000
    /// The steps of each type in their order, and whether each has an undo.
    public var steps: [String: [(name: String, hasUndo: Bool)]] = [:]
    /// Whether accepted operations may be lost, because Redis was told to forget.
    public var mayLose = false
    /// Whether no two attempts may run at once: nobody was stopped or cut off.
    public var forbidsOverlap = false
    /// Whether a late attempt must have been refused, or the scenario has not done what it is for.
    public var wantsStale = false
    /// The longest time from a death to the next attempt, in microseconds; nil: not looked at.
    public var recovery: Int64?
    /// Whether after Redis was away nothing may be begun again within a lease.
    public var wantsHoldOff = false
    /// Types whose operations must fail.
    public var mustFail: Set<String> = []
    /// How many consumers there may be.
    public var consumers: Int?
    /// How much earlier than asked a step may begin: never.
    public var notBefore: [String: Int64] = [:]

    /// Only what holds for every run.
    public init() {}
}
