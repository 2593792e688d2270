package import Stepstream

/// How webhooks are delivered.
package struct DeliveryConfiguration: Sendable {
    /// The receivers of the events of all operations.
    package var endpoints: [WebhookEndpoint]
    /// What callbacks of submissions are signed with; none: there are no callbacks.
    package var secrets: [WebhookSecret]
    /// Which addresses are dialled.
    package var addresses: AddressPolicy
    /// Whether `http` is sent to as well.
    package var allowsHTTP: Bool
    /// What the service's URLs begin with: the source of the events.
    package var source: String
    /// Tries at once.
    package var concurrency: Int
    /// Tries at once to one receiver.
    package var concurrencyPerReceiver: Int
    /// How long one try may take in all, its answer included.
    package var timeLimit: Duration
    /// How long a claim holds: how long the delivery of a dead process waits. Longer than a try with all its store calls.
    package var lease: Milliseconds { Milliseconds(timeLimit * 2 + .seconds(5)) }

    /// A configuration; 256 tries at once and 8 to one receiver, 15 s each, unless said otherwise.
    package init(endpoints: [WebhookEndpoint] = [], secrets: [WebhookSecret] = [], source: String) {
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
