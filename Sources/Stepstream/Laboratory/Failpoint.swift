#if LABORATORY
import FoundationEssentials
import Glibc
import Synchronization
#endif

/// A named place at which a process of the crash laboratory dies, to show that nothing depends on what would have come next.
///
/// Compiled to nothing unless `LABORATORY` is set, as it is in debug builds of this package only. Then `STEPSTREAM_FAILPOINT=<name>:<n>`
/// ends the process, with code 137 and no goodbye, the n-th time it comes to that place.
///
/// Where it lies at a call of the store or of a handler, a decorator is the place (`StoreRoles.withFaults`, `HandlerRegistry.withFaults`);
/// what lies elsewhere is reached by a line of its own.
@usableFromInline
package enum Failpoint: String, CaseIterable, Sendable {
    // The API, in the order of a submission.
    case beforeReserve, afterReserve, definitionStored, beforeSubmit, afterSubmit, beforeInline, afterInlineBegin, afterInline,
        afterDurability, beforeAnswer, beforeKeep, beforeKeyRelease
    case beforeCancel, afterCancel
    // A worker, in the order of a message.
    case afterClaim, beforeSnooze, afterSnooze, beforeBegin, afterBegin, beforeRun, afterRun, beforeUndo, afterUndo
    case beforeCommit, commitRepeats, commitChanged, afterCommit, afterRelease
    // A worker's other duties.
    case beforeRenew, afterRenew, leaseLost, afterReclaim, beforePromote, afterPromote, beforeTakeBack, afterTakeBack, afterNotice
    // A worker's end.
    case drainBegins, beforeReturn, drainReturns, drainEnds
}

#if LABORATORY
extension Failpoint {
    /// Ends the process if this place was asked for and has been reached often enough.
    package static func reach(_ place: Failpoint) {
        guard let wanted, wanted.place == place else { return }
        if hits.wrappingAdd(1, ordering: .relaxed).newValue == wanted.count { _exit(137) }
    }

    private static let hits = Atomic(0)

    /// What the environment asks for. A name that does not exist ends the process: a run that tests nothing must not look like one.
    private static let wanted: (place: Failpoint, count: Int)? = {
        guard let text = ProcessInfo.processInfo.environment["STEPSTREAM_FAILPOINT"], !text.isEmpty else { return nil }
        let parts = text.split(separator: ":")
        guard let place = parts.first.flatMap({ Failpoint(rawValue: String($0)) }) else {
            preconditionFailure("There is no failpoint \(text).")
        }
        return (place, parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()
}
#else
extension Failpoint {
    /// Does nothing in this build.
    @inlinable
    package static func reach(_ place: Failpoint) {}
}
#endif
