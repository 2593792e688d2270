#if LABORATORY
import FoundationEssentials
#endif

/// A planted fault. The crash laboratory plants one at a time and must find it: a scenario that finds none of them proves nothing.
///
/// Planted in debug builds of this package only, where `LABORATORY` is set; chosen by `STEPSTREAM_MUTANT`, several with commas between them.
package enum Mutant: String, CaseIterable, Sendable {
    // In the scripts; what each changes is in the store's ScriptMutation.swift.
    case commitIgnoresEpoch, beginKeepsEpoch, beginAcknowledges, undoNotNoted, renewIgnoresEpoch, crashNotCounted, submitTwice
    case applyIgnoresVersion, promoteKeepsTimer, inlineWithoutTimer, groupAtEnd
    // At calls of the store: `FaultyWork`.
    case sweepFromStart, releaseWithoutMessage
    // By configuration, which the command sets.
    case reclaimAtOnce, noSelfFence
}

#if LABORATORY
extension Mutant {
    /// Whether this fault is planted in this process.
    package static func isPlanted(_ mutant: Mutant) -> Bool { planted.contains(mutant) }

    private static let planted: Set<Mutant> = {
        let names = (ProcessInfo.processInfo.environment["STEPSTREAM_MUTANT"] ?? "").split(separator: ",")
        return Set(
            names.map { name in
                guard let mutant = Mutant(rawValue: String(name)) else { preconditionFailure("There is no mutant \(name).") }
                return mutant
            }
        )
    }()
}
#endif
