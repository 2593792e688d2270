/// How far a sweep through the index of ended operations has come.
///
/// The index is ordered by creation, but operations expire by their end. Those that took long stay while others around them go, and there may be
/// many: a sweep goes on where the last one stopped, by score and not by rank, which Redis would count out anew each time.
struct SweepCursor: Sendable, Equatable {
    /// The creation time of the last entry that was looked at, as Redis writes it.
    private(set) var score = "-inf"
    /// How many entries of that time were looked at and are still there.
    private(set) var passed = 0

    /// Notes that a page was looked at.
    ///
    /// - Parameters:
    ///   - scores: those of its entries, in order.
    ///   - kept: the indices of the entries that are still there.
    mutating func advance(over scores: [String], kept: Set<Int>) {
        guard let last = scores.last else { return }
        if last != score { passed = 0 }
        score = last
        passed += kept.count { scores[$0] == last }
    }
}
