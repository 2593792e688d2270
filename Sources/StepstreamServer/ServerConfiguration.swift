public import Stepstream

/// How the API server listens, and what it takes.
public struct ServerConfiguration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 for any free one.
    public var port = 8080
    /// What `Location` and links begin with; nil: the scheme `http` and the request's `Host`.
    public var publicURL: String?
    /// The largest body, in bytes.
    public var bodyLimit = 1 << 20
    /// The deepest nesting of JSON.
    public var inputDepth = 32
    /// How long a client may take for the headers of a request.
    public var headerDeadline = Duration.seconds(5)
    /// How long a client may take for a whole request.
    public var requestDeadline = Duration.seconds(10)
    /// How many connections are served at once.
    public var connections = 10_000
    /// How long sync steps may hold up the answer.
    public var inlineBudget = Duration.seconds(5)
    /// The longest a request may ask to wait.
    public var longPoll = Duration.seconds(60)

    /// How long a claim of a sync step holds without renewal: how long it waits when this process dies.
    public var lease: Milliseconds = 30_000

    /// The defaults.
    public init() {}
}
