/// Where the events of one operation are sent, named by its submitter.
package struct Callback: Sendable, Hashable {
    /// The receiver.
    package var url: WebhookURL
    /// The events that it receives; never empty.
    package var events: [Event.Kind]

    /// A callback for `events`.
    package init(url: WebhookURL, events: [Event.Kind] = Event.Kind.terminal) {
        self.url = url
        self.events = events
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
