package import StepstreamJSON

/// What an operator can do about an operation that does not go on by itself.
package enum OperatorCommand: Sendable, Hashable {
    /// Try again what failed, is held or waits for its delay.
    case retry
    /// Pass over a failed undo; or take a held step as done, with `result` (`null` unless given).
    case skip(result: JSONText?)
    /// Give a held or waiting step up, and roll back.
    case undo

    /// Its name on the wire.
    package var name: String {
        switch self {
        case .retry: "retry"
        case .skip: "skip"
        case .undo: "undo"
        }
    }
}

/// Who acted, and why; stands in the history.
package struct OperatorNote: Sendable, Hashable {
    /// The longest `by`, in Unicode scalars.
    package static let byLimit = 128
    /// The longest `reason`, in Unicode scalars.
    package static let reasonLimit = 1000

    /// Who.
    package var by: String?
    /// Why.
    package var reason: String?

    /// A note. Its lengths are the caller's to check.
    package init(by: String? = nil, reason: String? = nil) {
        self.by = by
        self.reason = reason
    }
}

/// Why a command is not possible; for people.
package struct CommandRefusal: Error, Sendable, Hashable {
    /// How the operation stands, and what is possible instead.
    package let words: String
}
