/// The answers of the scripts.
enum ScriptCode: String {
    case accepted, exists, conflict
    case unknownDefinition = "unknown-definition"
    case begun, held, stale
    case renewed, cancel
    case applied, changed, lost
    case reserved, bound, accepting, answered
    case deleted, absent
    case notEnded = "not-ended"
    case snoozed
    case replayed
}
