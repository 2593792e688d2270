#if LABORATORY
/// A handler around whose call the process may die.
struct FaultyHandler: StepHandler {
    let handler: any StepHandler
    let faults: FaultPlan

    func run(_ context: StepContext) async throws -> Outcome {
        let isUndo = context.work.direction == .undo
        faults.reach(isUndo ? .beforeUndo : .beforeRun)
        defer { faults.reach(isUndo ? .afterUndo : .afterRun) }
        return try await handler.run(context)
    }
}
#endif
