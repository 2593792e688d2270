/// What the ledger remembers: the effects, and the highest epoch of each operation.
struct LedgerBook {
    private var highest: [String: Int64] = [:]
    private var done: Set<String> = []
    private var calls: [String: Int] = [:]

    /// Notes that a call came; nil when its epoch is lower than one seen before.
    ///
    /// - Returns: the how manieth of its key it is.
    mutating func arrive(_ operation: String, key: String, epoch: Int64) -> Int? {
        guard epoch >= highest[operation] ?? 0 else { return nil }
        highest[operation] = epoch
        calls[key, default: 0] += 1
        return calls[key]
    }

    /// Does the work of a call, if it may still be done.
    mutating func work(_ operation: String, step: String, isUndo: Bool, epoch: Int64) -> LedgerRecord.Event {
        guard epoch >= highest[operation] ?? 0 else { return .stale }
        let run = "\(operation)/\(step)"
        guard done.insert(isUndo ? run + "/undo" : run).inserted else { return .again }
        return isUndo && !done.contains(run) ? .nothing : .effective
    }
}
