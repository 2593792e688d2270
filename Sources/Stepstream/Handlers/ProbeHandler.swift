/// A Swift closure that says what became of a step, as a `StepHandler`.
struct ProbeHandler: StepHandler {
    let body: @Sendable (StepContext) async throws -> ProbeAnswer

    func run(_ context: StepContext) async throws -> Outcome {
        .succeeded(try await body(context).json)
    }
}
