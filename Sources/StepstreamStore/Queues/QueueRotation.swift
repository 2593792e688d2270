import Stepstream

/// Whose turn it is when there are many queues: a few that have messages are read at a time, and many of each.
///
/// XREADGROUP's COUNT holds for each stream by itself. One read over a hundred queues must ask for one or two of each, or it claims far more
/// than was wanted; and everything that is done with so few is done for each queue by itself. So a look at all queues, which brings little,
/// tells which of them take turns; those that have more come again, until it is time to look at all again.
struct QueueRotation {
    /// How many queues are read at a time; so many need no turns.
    static let width = 8
    /// How many turns there are at least between two looks at all queues.
    private static let turns = 8
    /// How long a queue may wait for a look at most, however slowly the turns are taken.
    private static let patience = Duration.seconds(1)

    private var waiting: ArraySlice<Name> = []
    private var left = 0
    private var end = Duration.zero

    /// Notes that at `now` a look at all queues has shown that `queues` may have more.
    mutating func begin(_ queues: [Name], at now: Duration) {
        waiting = queues[...]
        left = max(Self.turns, (queues.count + Self.width - 1) / Self.width)
        end = now + Self.patience
    }

    /// The next queues, of those that are `open`; nil when it is time to look at all.
    mutating func next(of open: [Name], at now: Duration) -> [Name]? {
        while left > 0, now < end, !waiting.isEmpty {
            let turn = waiting.prefix(Self.width)
            waiting = waiting.dropFirst(Self.width)
            left -= 1
            let isOpen = turn.filter(open.contains)
            if !isOpen.isEmpty { return isOpen }
        }
        return nil
    }

    /// Notes that after a turn `queues` may have more: they come again.
    mutating func bring(_ queues: [Name]) {
        waiting += queues
    }
}
