/// Lets a test wait for something to have happened, instead of sleeping and hoping.
///
/// Signals are kept: one that was emitted before the wait counts.
///
///     signals.emit("claimed", id)                    // in the code that acts for the test
///     let ids = try await signals.wait(for: "claimed", count: 2)
public final class NamedSignals: Sendable {
    private let emitted = AwaitedState<[String: [String]]>([:])

    /// None emitted yet.
    public init() {}

    /// Records that `name` happened.
    ///
    /// - Parameters:
    ///   - name: What happened.
    ///   - value: To what; for example an operation's ID.
    public func emit(_ name: String, value: String = "") {
        emitted.update { $0[name, default: []].append(value) }
    }

    /// Suspends until `name` happened `count` times since the beginning or the last ``reset()``.
    ///
    /// - Parameters:
    ///   - name: What is waited for.
    ///   - count: How often, at least.
    /// - Returns: the first `count` values, in the order they were emitted.
    /// - Throws: `CancellationError` when the task is cancelled; give the test a time limit, there is none here.
    @discardableResult
    public func wait(for name: String, count: Int = 1) async throws -> [String] {
        try await emitted.wait { ($0[name]?.count ?? 0) >= count }
        return Array(values(of: name).prefix(count))
    }

    /// Suspends until `name` happened to `value`.
    ///
    /// - Parameters:
    ///   - name: What is waited for.
    ///   - value: The value it was emitted with.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func wait(for name: String, of value: String) async throws {
        try await emitted.wait { $0[name]?.contains(value) ?? false }
    }

    /// What `name` was emitted with so far, in order.
    ///
    /// - Parameter name: What happened.
    /// - Returns: the values; none if it did not happen.
    public func values(of name: String) -> [String] {
        emitted.read { $0[name] ?? [] }
    }

    /// Forgets every signal.
    public func reset() {
        emitted.update { $0 = [:] }
    }
}
