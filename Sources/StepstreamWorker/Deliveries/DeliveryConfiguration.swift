public import Stepstream

/// How webhooks are delivered.
public struct DeliveryConfiguration: Sendable {
    /// The receivers that are told of all operations.
    public var endpoints: [WebhookEndpoint]
    /// What callbacks of submissions are signed with; none: there are no callbacks.
    public var secrets: [WebhookSecret]
    /// Which addresses are dialled.
    public var addresses: AddressPolicy
    /// Whether `http` is sent to as well.
    public var allowsHTTP: Bool
    /// What the service's URLs begin with: the source of the events.
    public var source: String
    /// Tries at once.
    public var concurrency: Int
    /// Tries at once to one receiver.
    public var concurrencyPerReceiver: Int
    /// How long one try may take in all, its answer included.
    public var timeLimit: Duration
    /// How long a claim holds: how long the delivery of a dead process waits. Longer than a try with all its store calls.
    public var lease: Milliseconds { Milliseconds(timeLimit * 2 + .seconds(5)) }

    /// A configuration; 256 tries at once and 8 to one receiver, 15 s each, unless said otherwise.
    public init(endpoints: [WebhookEndpoint] = [], secrets: [WebhookSecret] = [], source: String) {
        self.endpoints = endpoints
        self.secrets = secrets
        self.source = source
        addresses = AddressPolicy()
        allowsHTTP = false
        concurrency = 256
        concurrencyPerReceiver = 8
        timeLimit = .seconds(15)
    }
}
