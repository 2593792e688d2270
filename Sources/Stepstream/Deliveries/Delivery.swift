/// One event on its way to one receiver, and every try so far.
public struct Delivery: Sendable, Hashable {
    /// Where it stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// To be tried, now or later.
        case pending
        /// Answered with 2xx.
        case delivered
        /// Given up after the last try of the schedule.
        case exhausted
        /// Not tried any more, as the receiver answered 410.
        case disabled
    }

    /// What one try came to.
    public struct Try: Sendable, Hashable {
        /// When it was written down, by Redis's clock.
        public var time: Milliseconds
        /// What the receiver answered; nil when it did not.
        public var status: Int?
        /// What went wrong, in words.
        public var fault: String?

        /// A try.
        public init(time: Milliseconds, status: Int?, fault: String?) {
            self.time = time
            self.status = status
            self.fault = fault
        }
    }

    /// 1, 2, …: its number among the deliveries of its operation.
    public var number: Int
    /// What is told.
    public var event: Event
    /// The name of the receiver in the configuration, or the host and port of a callback.
    public var endpoint: String
    /// The URL of a callback; nil for a receiver from the configuration.
    public var url: String?
    /// Where it stands.
    public var state: State
    /// The last tries, oldest first; twenty are kept.
    public var tries: [Try]
    /// When it is tried next, by Redis's clock.
    public var nextTry: Milliseconds?

    /// A delivery as read back from the store.
    public init(number: Int, event: Event, endpoint: String, url: String?, state: State, tries: [Try], nextTry: Milliseconds?) {
        self.number = number
        self.event = event
        self.endpoint = endpoint
        self.url = url
        self.state = state
        self.tries = tries
        self.nextTry = nextTry
    }
}

/// The deliveries of one operation; kept for a week after the last change, so longer than the operation.
public struct DeliveryLedger: Sendable, Hashable {
    /// Whose operation it is.
    public var tenant: Name
    /// In the order of their numbers.
    public var deliveries: [Delivery]
    /// Events that were not delivered because there were too many: `DeliveryLedger.most`.
    public var dropped: Int

    /// The most deliveries of one operation; beyond it only the events that end it are delivered.
    public static let most = 500

    /// A ledger.
    public init(tenant: Name, deliveries: [Delivery], dropped: Int) {
        self.tenant = tenant
        self.deliveries = deliveries
        self.dropped = dropped
    }
}
