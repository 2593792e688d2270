#if LABORATORY
/// What happens at failpoints, and which faults are planted.
package struct FaultPlan: Sendable {
    let reach: @Sendable (Failpoint) -> Void
    let isPlanted: @Sendable (Mutant) -> Bool

    /// What the environment asks for, unless a test says otherwise.
    package init(
        reach: @escaping @Sendable (Failpoint) -> Void = { Failpoint.reach($0) },
        isPlanted: @escaping @Sendable (Mutant) -> Bool = { Mutant.isPlanted($0) }
    ) {
        self.reach = reach
        self.isPlanted = isPlanted
    }
}
#endif
