#if LABORATORY
import FoundationEssentials
#endif

/// A planted fault. The crash laboratory plants one at a time and must find it: a scenario that finds none of them proves nothing.
///
/// Compiled to nothing unless `LABORATORY` is set, as it is in debug builds of this package only; chosen by `STEPSTREAM_MUTANT`, several
/// with commas between them.
@usableFromInline
package enum Mutant: String, CaseIterable, Sendable {
    // In the scripts; what each changes is in the store's ScriptMutation.swift.
    case commitIgnoresEpoch, beginKeepsEpoch, beginAcknowledges, undoNotNoted, renewIgnoresEpoch, crashNotCounted, submitTwice
    case applyIgnoresVersion, promoteKeepsTimer, inlineWithoutTimer, groupAtEnd
    // In Swift, where they are planted.
    case sweepFromStart, reclaimAtOnce, noSelfFence, releaseWithoutMessage
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
#else
extension Mutant {
    /// False in this build.
    @inlinable
    package static func isPlanted(_ mutant: Mutant) -> Bool { false }
}
#endif
