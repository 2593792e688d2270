public import Stepstream

/// How the API server listens, and what it takes.
public struct ServerConfiguration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 for any free one, which `APIServer.listeningPort()` then returns.
    public var port = 8080
    /// What `Location` and links begin with; nil: the scheme `http` and the request's `Host`.
    public var publicURL: String?

    /// The largest body, in bytes.
    public var bodyLimit = 1 << 20
    /// The largest body of a batch, in bytes; each item of it keeps to `bodyLimit`.
    public var batchLimit = 8 << 20
    /// The deepest nesting of JSON.
    public var inputDepth = 32
    /// The largest request head, in bytes: request line and fields.
    public var headerSize = 16 << 10
    /// The most header fields of a request.
    public var headerFields = 100

    /// How long a client may take for the head of a request.
    public var headerDeadline = Duration.seconds(5)
    /// How long a client may take for a whole request, until its last byte.
    public var requestDeadline = Duration.seconds(10)
    /// How long a connection may be silent between requests, or take nothing of an answer.
    public var idleTimeout = Duration.seconds(60)
    /// How many connections are served at once; further ones wait in the system's backlog.
    public var connections = 10_000

    /// How long sync steps may hold up the answer.
    public var inlineBudget = Duration.seconds(5)
    /// How many operations may have their sync steps run here at once; those of further ones go to their queues.
    public var inlineOperations = 1000
    /// The longest a request may ask to wait.
    public var longPoll = Duration.seconds(60)
    /// How many connections may be held open for watchers (Server-Sent Events and WebSockets).
    public var watchers = 5000
    /// How many of them by one caller.
    public var watchersPerCaller = 5000
    /// How many of them from one address.
    public var watchersPerAddress = 1000
    /// How long a watcher's connection lasts at most; it is then asked to reconnect, and misses nothing.
    public var watchLife = Duration.seconds(3600)
    /// How often a keep-alive is sent to a watcher; shorter than `idleTimeout`.
    public var keepAlive = Duration.seconds(15)
    /// The origins, `scheme://host[:port]`, of pages that may open a WebSocket here, beside the service's own.
    public var origins: [String] = []
    /// How often a WebSocket is pinged; one that has not answered by the next time is closed.
    public var ping = Duration.seconds(20)
    /// How long a WebSocket may take nothing of what it is sent.
    public var writeStall = Duration.seconds(10)
    /// How long a claim of a sync step holds without renewal: how long it waits when this process dies.
    public var lease: Milliseconds = 30_000
    /// How long such a claim is believed to hold without a renewal; nil: two thirds of it.
    package var leasePatience: Duration?
    /// Which callbacks submissions may ask for; nil: none, as there is no secret to sign them with.
    package var callbacks: CallbackRules?
    /// How long sync steps may go on after a graceful shutdown began; then they are released.
    public var drainGrace = Duration.seconds(5)

    /// What the dashboard at `/` shows and does.
    public var dashboard = DashboardMode.readOnly

    /// Where the dashboard listens; nil: beside the API.
    public var dashboardListener: (host: String, port: Int)?
    /// The configured receivers of webhooks, to be shown; their secrets are not.
    package var endpoints: [WebhookEndpoint] = []

    /// The defaults.
    public init() {}
}

/// What the dashboard is.
public enum DashboardMode: String, Sendable, Hashable, CaseIterable {
    /// There is none.
    case off
    /// Shows, and changes nothing.
    case readOnly = "read-only"
    /// Has buttons that do what the API does.
    case on
}
