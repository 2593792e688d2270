/// What the checker holds a run against, beyond what holds for every run.
public struct Expectations: Sendable {
    /// The steps of each type in their order, and whether each has an undo.
    public var steps: [String: [(name: String, hasUndo: Bool)]] = [:]
    /// Whether the ledger is the handler of all of those steps.
    public var ledgerSeesAll = true
    /// Whether accepted operations may be lost, because Redis was flushed.
    public var mayLose = false
    /// Whether Redis may have gone back to an older state, by a moment: what was done after it is done again.
    public var mayRewind = false
    /// Whether no two attempts may run at once: nobody was stopped or cut off.
    public var forbidsOverlap = false
    /// Whether a late attempt must have been refused, or the scenario has not done what it is for.
    public var wantsStale = false
    /// Whether something must have been done to the program.
    public var wantsFaults = true
    /// The longest time from an attempt's being cut off to the next one, in microseconds; nil: not looked at.
    public var recovery: Int64?
    /// Types whose operations must not succeed.
    public var mustFail: Set<String> = []
    /// Types whose operations must succeed: nothing may have cost them an attempt.
    public var mustSucceed: Set<String> = []
    /// How long the answer to a submission that was not accepted may take, in microseconds; nil: not looked at.
    public var refusedWithin: Int64?
    /// How many consumers there may be.
    public var consumers: Int?
    /// Before when the first attempt of an operation may not begin, by operation, in microseconds of `TimeLabel`.
    public var notBefore: [String: Int64] = [:]

    /// Only what holds for every run.
    public init() {}

    /// What holds for every run over the laboratory's own definitions.
    public static var ofEveryRun: Expectations {
        var expectations = Expectations()
        expectations.steps = LabDefinitions.steps
        return expectations
    }
}
