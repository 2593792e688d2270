/// Why the store did not do what it was asked.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of error; open, so that more kinds can be added later.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name.
        public let description: String
        /// Redis cannot be reached, or did not answer in time; certainly nothing was written.
        public static let unavailable = Code(description: "unavailable")
        /// Redis refuses writes for now (memory, disk, replicas, loading); nothing was written.
        public static let refused = Code(description: "refused")
        /// What would be written could be lost sooner than was asked for; nothing was written.
        public static let belowDurability = Code(description: "below-durability")
        /// The connection broke after the request left: it may have been applied. Idempotent calls are repeated by the caller.
        public static let indeterminate = Code(description: "indeterminate")
        /// Credentials, rights or settings are wrong: waiting does not help.
        public static let misconfigured = Code(description: "misconfigured")
        /// A reply or a stored value is not what it must be.
        public static let corrupt = Code(description: "corrupt")
        /// The caller's task was canceled.
        public static let cancelled = Code(description: "cancelled")
        /// A page token or a parameter is not usable.
        public static let invalidArgument = Code(description: "invalid-argument")
    }

    /// What kind of trouble it is.
    public var code: Code
    /// What happened, without secrets.
    public var message: String
    /// What lies beneath.
    public var cause: (any Error)?
    /// Where it was made.
    public var file: String
    /// Where it was made.
    public var line: Int

    /// An error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil, file: String = #fileID, line: Int = #line) {
        self.code = code
        self.message = message
        self.cause = cause
        self.file = file
        self.line = line
    }

    /// Whether the same call can succeed later without anyone doing anything.
    public var isTransient: Bool { code == .unavailable || code == .refused || code == .belowDurability || code == .indeterminate }

    /// Code and message.
    public var description: String { "\(code): \(message)" }
}

extension StoreError {
    /// The wait for the answer was given up, because the store is away.
    package static let givenUp = StoreError(.indeterminate, "The store did not answer; whether it applied the call is unknown.")
}
