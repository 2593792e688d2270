/// A receiver from the configuration: it gets the chosen events of all operations.
package struct WebhookEndpoint: Sendable, Hashable {
    /// Its name in the ledger.
    package var name: Name
    /// The receiver.
    package var url: WebhookURL
    /// The events that it receives.
    package var events: [Event.Kind]
    /// Each body is signed with every one of them: two while a secret is replaced.
    package var secrets: [WebhookSecret]

    /// An endpoint.
    package init(name: Name, url: WebhookURL, events: [Event.Kind] = Event.Kind.terminal, secrets: [WebhookSecret]) {
        self.name = name
        self.url = url
        self.events = events
        self.secrets = secrets
    }
}
