/// In a debug build, which position comes next, so that a row that is written or read in another order ends the process. Empty in a release
/// build.
struct RowOrder: Sendable, Hashable {
    #if DEBUG
    private struct Row: Hashable {
        let type: ObjectIdentifier
        var next: Int
    }

    /// The rows that are not complete, each within the one before it.
    private var rows: [Row] = []
    #endif

    @inline(__always)
    mutating func pass<Position: Positions>(_ position: Position) {
        #if DEBUG
        let type = ObjectIdentifier(Position.self)
        if position.rawValue == 0 { rows.append(Row(type: type, next: 0)) }
        precondition(rows.last == Row(type: type, next: position.rawValue), "\(Position.self).\(position) is out of place.")
        rows[rows.count - 1].next += 1
        if position.rawValue == Position.allCases.count - 1 { rows.removeLast() }
        #endif
    }

    /// Ends the process, in a debug build, when a row is not complete.
    @inline(__always)
    func expectCompleteRows() {
        #if DEBUG
        precondition(rows.isEmpty, "A row of a script call is not complete.")
        #endif
    }
}
