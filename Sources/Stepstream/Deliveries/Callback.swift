/// Where the submitter of one operation wants to be told of its events.
package struct Callback: Sendable, Hashable {
    /// The receiver.
    package var url: WebhookURL
    /// What it is told of; never empty.
    package var events: [Event.Kind]

    /// A callback for `events`.
    package init(url: WebhookURL, events: [Event.Kind] = Event.Kind.terminal) {
        self.url = url
        self.events = events
    }
}

/// A receiver from the configuration: told of the chosen events of all operations.
package struct WebhookEndpoint: Sendable, Hashable {
    /// Its name in the ledger.
    package var name: Name
    /// The receiver.
    package var url: WebhookURL
    /// What it is told of.
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

extension Event.Kind {
    /// The events that an operation ends with.
    public static let terminal: [Event.Kind] = [.succeeded, .failed, .canceled]

    /// Reads a type as it is on the wire, `stepstream.operation.succeeded`, or without `stepstream.` in front.
    public init?(wire text: String) {
        self.init(rawValue: text.hasPrefix("stepstream.") ? String(text.dropFirst("stepstream.".count)) : text)
    }
}
