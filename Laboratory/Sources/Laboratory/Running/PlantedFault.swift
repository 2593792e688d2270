import Foundation
import Stepstream

/// A fault that can be planted in a debug build of the program, and the scenario that must find it.
public struct PlantedFault: Sendable {
    let mutant: Mutant
    /// The scenario's name.
    public let scenario: String
    /// How much of the scenario's short programme is enough.
    let factor: Double

    init(_ mutant: Mutant, _ scenario: String, factor: Double = 0.1) {
        (self.mutant, self.scenario, self.factor) = (mutant, scenario, factor)
    }

    /// The fault's name.
    public var name: String { mutant.rawValue }

    /// All of them.
    public static let all: [PlantedFault] = Mutant.allCases.map { mutant in
        switch mutant {
        case .commitIgnoresEpoch: .init(mutant, "R11", factor: 1)
        case .beginKeepsEpoch: .init(mutant, "R01")
        case .beginAcknowledges: .init(mutant, "R01")
        case .undoNotNoted: .init(mutant, "R21", factor: 0.3)
        case .renewIgnoresEpoch: .init(mutant, "R03", factor: 0.3)
        case .crashNotCounted: .init(mutant, "R17", factor: 0.3)
        case .submitTwice: .init(mutant, "R04", factor: 0.3)
        case .applyIgnoresVersion: .init(mutant, "R22")
        case .promoteKeepsTimer: .init(mutant, "R28", factor: 0.02)
        case .inlineWithoutTimer: .init(mutant, "R04", factor: 0.3)
        case .groupAtEnd: .init(mutant, "R19", factor: 0.02)
        case .sweepFromStart: .init(mutant, "R16", factor: 1)
        case .reclaimAtOnce: .init(mutant, "R07-older", factor: 0.4)
        case .noSelfFence: .init(mutant, "R11", factor: 0.6)
        case .releaseWithoutMessage: .init(mutant, "R05", factor: 0.2)
        }
    }

    /// Runs the scenario with the fault planted.
    public func hunt(_ options: RunOptions) async -> Outcome {
        guard let scenario = Scenario.all.first(where: { $0.name == scenario }) else {
            var outcome = Outcome(scenario: scenario, seed: options.seed)
            outcome.failure = "There is no scenario \(scenario)."
            return outcome
        }
        var options = options
        options.mutants = [name]
        options.factor = factor
        let outcome = await Runner(options).run(scenario)
        // What was found is the point, and not how.
        if let folder = outcome.folder, outcome.failure == nil { try? FileManager.default.removeItem(atPath: folder) }
        return outcome
    }
}
