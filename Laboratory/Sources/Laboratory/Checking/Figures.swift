/// What a run came to.
public struct Figures: Sendable, Hashable {
    /// Operations that were accepted.
    public var operations = 0
    /// Things that were done to the program.
    public var faults = 0
    /// Accepted operations that have not come to an end.
    public var lost = 0
    /// Steps that had more than one effect.
    public var duplicates = 0
    /// Late attempts that the ledger refused.
    public var stale = 0
    /// Attempts that were repeated although the effect was there: the answer had been lost.
    public var repeats = 0
    /// Pairs of attempts that ran at once.
    public var overlaps = 0
    /// From an attempt's being cut off to the next one, in milliseconds, sorted.
    public var recoveries: [Int64] = []

    /// Nothing yet.
    public init() {}

    /// The recovery time that so many of a hundred do not exceed; nil when there is none.
    public func recovery(percent: Int) -> Int64? {
        guard !recoveries.isEmpty else { return nil }
        return recoveries[min(recoveries.count - 1, recoveries.count * percent / 100)]
    }
}
