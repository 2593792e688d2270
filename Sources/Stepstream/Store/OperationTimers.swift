/// When the timers of one operation are due, by Redis's clock.
package struct OperationTimers: Sendable, Hashable {
    /// When each piece of work that waits for its time is published.
    package var due: [Work: Milliseconds]
    /// When its deadline passes; nil if it has none, or if that no longer matters.
    package var deadline: Milliseconds?

    /// Timers.
    package init(due: [Work: Milliseconds] = [:], deadline: Milliseconds? = nil) {
        self.due = due
        self.deadline = deadline
    }
}
