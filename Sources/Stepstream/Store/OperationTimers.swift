/// When the timers of one operation are due, by Redis's clock.
public struct OperationTimers: Sendable, Hashable {
    /// When each piece of work that waits for its time is published.
    public var due: [Work: Milliseconds]
    /// When its total time is over; nil where it has none, or where that does not matter any more.
    public var deadline: Milliseconds?

    /// Timers.
    public init(due: [Work: Milliseconds] = [:], deadline: Milliseconds? = nil) {
        self.due = due
        self.deadline = deadline
    }
}
