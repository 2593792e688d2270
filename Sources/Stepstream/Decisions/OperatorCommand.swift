/// What an operator can do about an operation that does not go on by itself.
public enum OperatorCommand: Sendable, Hashable {
    /// Try again what failed, is held or waits for its delay.
    case retry
    /// Pass over a failed undo; or take a held step as done, with `result` (`null` unless given).
    case skip(result: JSONText?)
    /// Give a held or waiting step up, and roll back.
    case undo

    /// Its name on the wire.
    public var name: String {
        switch self {
        case .retry: "retry"
        case .skip: "skip"
        case .undo: "undo"
        }
    }
}

/// Who acted, and why; stands in the history.
public struct OperatorNote: Sendable, Hashable {
    /// The longest `by`, in Unicode scalars.
    public static let byLimit = 128
    /// The longest `reason`, in Unicode scalars.
    public static let reasonLimit = 1000

    /// Who.
    public var by: String?
    /// Why.
    public var reason: String?

    /// A note. Its lengths are the caller's to check.
    public init(by: String? = nil, reason: String? = nil) {
        self.by = by
        self.reason = reason
    }
}

/// Why an act is not possible; for people.
public struct CommandRefusal: Error, Sendable, Hashable {
    /// How the operation stands, and what is possible instead.
    public let words: String
}
