import FoundationEssentials
import StepstreamJSON

/// A Swift closure over Codable types as a `StepHandler`.
struct TypedHandler<Input: Decodable & Sendable, Result: Encodable & Sendable>: StepHandler {
    let body: @Sendable (Input, StepContext) async throws -> Result

    func run(_ context: StepContext) async throws -> Outcome {
        let input: Input
        do {
            input = try JSONDecoder().decode(Input.self, from: Data(context.input.text.utf8))
        } catch {
            let problem = Problem(.handlerInput, detail: "\(Input.self): \(error)")
            return .failed(problem, retry: .never)
        }
        do {
            let result = try JSONEncoder().encode(await body(input, context))
            return .succeeded(JSONText(trusted: String(decoding: result, as: UTF8.self)))
        } catch let failure as StepFailure {
            return failure.outcome
        }
    }
}

/// What a Swift handler throws to say how its attempt failed.
public struct StepFailure: Error, Sendable {
    let outcome: Outcome

    /// Not done, and no further attempt can help.
    public static func permanent(_ problem: Problem) -> StepFailure { StepFailure(outcome: .failed(problem, retry: .never)) }
    /// Not done; try again by the step's policy, but not before `after`.
    public static func transient(_ problem: Problem, after: Milliseconds? = nil) -> StepFailure {
        StepFailure(outcome: .failed(problem, retry: .byPolicy(after: after)))
    }
    /// Nobody knows whether it was done.
    public static func unknown(_ problem: Problem) -> StepFailure { StepFailure(outcome: .unknown(problem)) }
}
