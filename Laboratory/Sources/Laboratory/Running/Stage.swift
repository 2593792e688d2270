import Rigging
import Synchronization

/// What a scenario has to work with.
final class Stage: Sendable {
    let rig: Rig
    /// From which all chance comes.
    let seed: UInt64
    /// How many times as much is done as in the short programme.
    let factor: Double
    /// What is submitted instead of the laboratory's own operations.
    let workload: (type: String, input: String)?
    private let expectation = Mutex(Expectations())

    init(_ rig: Rig, seed: UInt64, factor: Double, workload: (type: String, input: String)? = nil) {
        (self.rig, self.seed, self.factor, self.workload) = (rig, seed, factor, workload)
    }

    /// So many times as many.
    func times(_ count: Int) -> Int { max(1, Int(Double(count) * factor)) }

    /// Chance for one part of the scenario, apart from the other parts'.
    func chance(_ part: UInt64 = 0) -> SeededDraw { SeededDraw(seed: seed &+ part &* 0x1000_0001) }

    func sleep(_ milliseconds: Int64) async throws { try await Task.sleep(for: .milliseconds(milliseconds)) }

    /// What came out only while the scenario was played.
    var expectations: Expectations { expectation.withLock { $0 } }

    /// Adds an operation that may not begin before a moment.
    func expect(_ operation: String, notBefore moment: Int64) { expectation.withLock { $0.notBefore[operation] = moment } }

    /// Submits everyday operations, so many a second, while `body` does its work, and at least `count`.
    func underLoad(
        rate: Double,
        atLeast count: Int = 0,
        make: @escaping @Sendable (Int) -> Order,
        submitter: OrderSubmitter? = nil,
        _ body: () async throws -> Void
    ) async throws {
        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let submitter = submitter ?? OrderSubmitter(rig: rig)
            group.addTask {
                try await submitter.run(rate: rate, while: { $0 < count || load.isWanted }, make: make)
            }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            load.end()
            try await group.waitForAll()
        }
    }
}

/// Whether more operations are to be submitted.
private final class Load: Sendable {
    private let isOver = Atomic(false)

    var isWanted: Bool { !isOver.load(ordering: .relaxed) }

    func end() { isOver.store(true, ordering: .relaxed) }
}
