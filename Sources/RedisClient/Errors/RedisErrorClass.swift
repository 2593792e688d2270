/// What a caller may conclude from an error.
package enum RedisErrorClass: Sendable, Hashable, CaseIterable {
    /// Certainly not carried out; the same command may succeed later or elsewhere.
    case notApplied
    /// Certainly not carried out; succeeds once something has been mended (the script loaded, the group created).
    case fixThenRetry
    /// The wish is fulfilled already.
    case success
    /// Perhaps carried out: repeat only what is harmless to repeat.
    case indeterminate
    /// Credentials, rights or types are wrong: waiting does not help.
    case configuration
    /// The caller's task was canceled.
    case cancelled
    /// Anything else.
    case other
}

extension RedisError {
    /// The one table of error classes. Redis's error replies are told apart by their first word, and where that is `ERR`, by their text.
    package var errorClass: RedisErrorClass {
        switch code {
        case .notConnected, .overloaded, .closed: return .notApplied
        case .connectionLost, .timeout, .protocolViolation: return .indeterminate
        case .cancelled: return .cancelled
        case .configuration, .forbidden: return .configuration
        case .noScript, .noGroup: return .fixThenRetry
        case .busyGroup: return .success
        default: break
        }
        if let known = RedisError.classes[code.description] { return known }
        return RedisError.phrases.first { message.contains($0.phrase) }?.errorClass ?? .other
    }

    /// Whether Redis refuses writes because of its own state: memory, disk, replicas, role.
    package var isRefusal: Bool {
        ["OOM", "MISCONF", "READONLY", "NOREPLICAS"].contains(code.description)
    }

    static let classes: [String: RedisErrorClass] = [
        "MOVED": .notApplied, "ASK": .notApplied, "CLUSTERDOWN": .notApplied, "READONLY": .notApplied, "LOADING": .notApplied,
        "MASTERDOWN": .notApplied, "NOREPLICAS": .notApplied, "MISCONF": .notApplied, "OOM": .notApplied, "BUSY": .notApplied,
        "TRYAGAIN": .notApplied, "UNBLOCKED": .notApplied,
        "NOAUTH": .configuration, "WRONGPASS": .configuration, "NOPERM": .configuration, "WRONGTYPE": .configuration,
        "CROSSSLOT": .configuration,
    ]

    /// Errors without a word of their own.
    static let phrases: [(phrase: String, errorClass: RedisErrorClass)] = [
        ("max number of clients", .notApplied),
        ("can't access at least one of the keys", .configuration),
        ("The user executing the script can't", .configuration),
        ("can't run this command", .configuration),
        ("AUTH", .configuration),
        ("non local key", .configuration),
        ("unknown command", .configuration),
        ("DB index is out of range", .configuration),
    ]
}
