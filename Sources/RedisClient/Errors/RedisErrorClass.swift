/// What an error says about the command it answers, and so what a caller may do next.
package enum RedisErrorClass: String, Sendable, CaseIterable {
    /// The command was certainly not applied: try again, perhaps elsewhere, after a pause.
    case notApplied
    /// Something the command needs is missing (a script, a consumer group): create it, then try once more.
    case fixThenRetry
    /// What was asked for is there already: go on.
    case success
    /// Whether the command was applied is unknown: repeat it only if that does no harm.
    case indeterminate
    /// Configuration, rights or data types are wrong: repeating cannot help, a person has to look.
    case configuration
    /// The caller's task was cancelled. A command that had been sent may have been applied.
    case cancelled
    /// Anything else, such as a wrong argument: the caller's own mistake.
    case other
}
