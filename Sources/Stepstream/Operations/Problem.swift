public import StepstreamJSON

/// A problem details object (RFC 9457) as JSON text, with the members the engine itself reads.
public struct Problem: Sendable, Hashable, Error {
    /// A URI that names the kind of problem; ours are relative (`/problems/…`) until the server makes them absolute.
    public var type: String
    /// One line that is the same for every problem of the type.
    public var title: String
    /// The HTTP status, when there was one.
    public var status: Int?
    /// What happened this time, and what to do; never a secret.
    public var detail: String?
    /// The foreign problem object a handler answered, kept as it came.
    public var cause: JSONText?

    /// A problem of `type`.
    public init(type: String, title: String, status: Int? = nil, detail: String? = nil, cause: JSONText? = nil) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.cause = cause
    }
}
