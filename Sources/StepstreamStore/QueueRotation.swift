import Stepstream

/// Whose turn it is when there are many queues: a few that have messages are read at a time, and many of each.
///
/// XREADGROUP's COUNT holds for each stream by itself. One read over a hundred queues must ask for one or two of each, or it claims far more
/// than was wanted; and everything that is done with so few is done for each queue by itself. So a look at all queues, which brings little,
/// tells which of them take turns; those that still have messages come again, until it is time to look at all again.
struct QueueRotation {
    /// How many queues are read at a time; so many need no turns.
    static let width = 8
    /// How many turns there are at least between two looks at all queues.
    private static let turns = 8

    private var waiting: ArraySlice<Name> = []
    private var left = 0

    /// Notes that a look at all queues brought messages of `queues`.
    mutating func begin(_ queues: [Name]) {
        waiting = queues[...]
        left = max(Self.turns, (queues.count + Self.width - 1) / Self.width)
    }

    /// The next queues, of those that are `open`; nil when it is time to look at all.
    mutating func next(of open: [Name]) -> [Name]? {
        while left > 0, !waiting.isEmpty {
            let turn = waiting.prefix(Self.width)
            waiting = waiting.dropFirst(Self.width)
            left -= 1
            let isOpen = turn.filter(open.contains)
            if !isOpen.isEmpty { return isOpen }
        }
        return nil
    }

    /// Notes that a turn brought messages of `queues`, which come again.
    mutating func bring(_ queues: [Name]) {
        waiting += queues
    }
}
