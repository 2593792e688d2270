/// One way of treating the program badly, and what must hold all the same.
public struct Scenario: Sendable {
    /// Its name, as it is asked for and as it stands in the table.
    public let name: String
    /// What is done, in a line.
    public let title: String
    /// How the processes are set up.
    var plan: @Sendable (inout RigPlan) -> Void = { _ in }
    /// What must hold beyond what always does.
    var expect: @Sendable (inout Expectations) -> Void = { _ in }
    /// What happens.
    let play: @Sendable (Stage) async throws -> Void

    init(
        _ name: String,
        _ title: String,
        plan: @escaping @Sendable (inout RigPlan) -> Void = { _ in },
        expect: @escaping @Sendable (inout Expectations) -> Void = { _ in },
        play: @escaping @Sendable (Stage) async throws -> Void
    ) {
        (self.name, self.title, self.plan, self.expect, self.play) = (name, title, plan, expect, play)
    }

    /// All of them, in the order in which they are run.
    public static let all: [Scenario] =
        crashes + outages + networks + refusals + keys + sagas + timing
}
