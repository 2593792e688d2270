/// What the scripts that apply transitions (submit, begin, commit, apply) are given alike: prelude.lua and templates.lua take it.
package enum TransitionCall {
    enum Key: Int, Positions { case timers, live, ended, attention, deliveries }

    package enum Head: Int, Positions { case channels, wake, history, webhookEvents, asks, prefix }

    /// How many operations there are, and how many keys stand before theirs.
    package enum Operations: Int, Positions { case total, before }

    /// Begins with four lists: fields and values, fields that take the time, events, and fields that are removed.
    package enum Template: Int, Positions {
        case fields, stamps, drafts, removals, messages, retention, attention, varying, hasCallback, hasRest
    }

    enum Message: Int, Positions { case stream, step, direction, definition }

    /// The value of one of the fields that vary.
    enum Varying: Int, Positions { case value }

    enum Webhook: Int, Positions { case callback }

    enum Rest: Int, Positions { case obsolete, due, type, status, resources }

    /// A timer is due `after` ms after `from`, or after now if that is later.
    enum Timer: Int, Positions { case from, after, member }
}
